// The example operations: schema/operations/*.graphql, in the order of their names. A leading comment is what the playground
// tells of one: its first line the title, the rest the explanation. A line `# variables: {…}` gives it variables.
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../schema/operations/', import.meta.url);

export function readOperations() {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => parseOperation(name, readFileSync(new URL(name, folder), 'utf8')));
}

export function parseOperation(name, text) {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  const comment = lines.slice(0, end < 0 ? lines.length : end).map((line) => line.replace(/^# ?/, ''));
  const given = comment.find((line) => line.startsWith('variables:'));
  const kept = comment.filter((line) => line !== given);
  while (kept.length > 0 && kept.at(-1) === '') kept.pop();
  const [title = '', ...explanation] = kept;
  return {
    name: name.replace(/\.graphql$/, ''),
    title: title.trim(),
    explanation: explanation.join('\n').trim(),
    query: [...kept.map((line) => `# ${line}`.trimEnd()), lines.slice(comment.length).join('\n').trim(), ''].join('\n'),
    variables: given === undefined ? null : variablesOf(name, given.slice('variables:'.length)),
  };
}

function variablesOf(name, json) {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new Error(`schema/operations/${name}: its variables are no JSON on one line`, { cause: error });
  }
}
