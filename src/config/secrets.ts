import { readFileSync } from 'node:fs';
import type { Problem } from './problems.js';

export type Environment = Readonly<Record<string, string | undefined>>;
export type Path = readonly (string | number)[];

/** Puts the value of each `${NAME}` and the content of each `file:/path` into a copy of the tree. */
export function fillSecrets(value: unknown, env: Environment, problems: Problem[], path: Path = []): unknown {
  if (typeof value === 'string') return fillText(value, env, problems, path);
  if (Array.isArray(value)) return value.map((each, i) => fillSecrets(each, env, problems, [...path, i]));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, fillSecrets(each, env, problems, [...path, key])]),
  );
}

function fillText(value: string, env: Environment, problems: Problem[], path: Path): string {
  const filled = value.replace(/\$\{([^}]*)\}/g, (whole, name: string) => {
    const found = env[name];
    if (found !== undefined && found !== '') return found;
    problems.push({
      path,
      expected: `the environment variable ${name} to be set`,
      got: found === '' ? 'empty text' : 'nothing',
    });
    return whole;
  });
  if (!filled.startsWith('file:')) return filled;
  const file = filled.slice('file:'.length);
  try {
    return readFileSync(file, 'utf8').trimEnd();
  } catch (error) {
    problems.push({
      path,
      expected: `a readable file ${file}`,
      got: (error as NodeJS.ErrnoException).code ?? 'an unreadable one',
    });
    return filled;
  }
}
