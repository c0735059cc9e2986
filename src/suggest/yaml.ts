import type { Suggestion, Suggestions } from './index.js';

/** The list for the config, each with what was seen of it in a comment. */
export function relationsYaml(all: readonly Suggestions[]): string {
  const found = all.flatMap((each) => each.found.map(entry));
  const looked = all.map(
    ({ source, looked: { fields, rows } }) =>
      `# ${source}: ${count(rows)} rows of ${count(fields)} fields or sets of fields were looked at.`,
  );
  const unseen = all.flatMap(({ unseen }) => unseen.map(({ subject, reason }) => `#   ${subject}: ${reason}`));
  return [
    ...looked,
    ...(found.length === 0 ? ['relations: []'] : ['relations:', ...found]),
    ...(unseen.length === 0 ? [] : ['# Their names tell of relations, of which nothing could be seen:', ...unseen]),
  ].join('\n');
}

function entry({ from, to, on, as, reverse, matched, values, rows }: Suggestion): string {
  const pairs = on.map((pair) => `${plain(pair.from.name)}: ${plain(pair.to.name)}`).join(', ');
  const back = reverse === null ? '' : `, reverse: ${plain(reverse)}`;
  return [
    `  # ${share(matched, values)} of ${count(values)} different values in ${count(rows)} rows were found`,
    `  - { from: ${from.source}.${from.entity}, to: ${to.source}.${to.entity}, on: { ${pairs} }, as: ${plain(as)}${back} }`,
  ].join('\n');
}

/** Never rounded up to all of them. */
function share(matched: number, values: number): string {
  return `${Math.floor((matched / values) * 1000) / 10} %`;
}

function count(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Names are letters, digits and `_`: only words of YAML are quoted. */
function plain(name: string): string {
  return /^(null|true|false|yes|no|on|off|y|n|_+)$/i.test(name) ? JSON.stringify(name) : name;
}
