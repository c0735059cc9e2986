import type { z } from 'zod';
import { GatewayError, show } from '../errors.js';
import type { Path } from './secrets.js';
import { nearest } from './suggest.js';

/** One thing that is wrong with the config. `origin` stands for the path when a flag or a variable gave the value. */
export interface Problem {
  readonly path: Path;
  readonly expected: string;
  readonly got: string;
  readonly hint?: string;
  readonly origin?: string;
}

/** zod's issues, each with what was written: `written` is the tree before secrets were filled in. */
export function fromIssues(issues: readonly z.core.$ZodIssue[], written: unknown): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    const path = issue.path as Path;
    if (issue.code !== 'unrecognized_keys')
      return [{ path, expected: issue.message, got: shown(at(written, path), path) }];
    const known = issue.message.split(' ');
    return issue.keys.map((key) => {
      const meant = nearest(key, known);
      return {
        path: [...path, key],
        expected: `one of ${known.join(', ')}`,
        got: 'an unknown key',
        ...(meant === null ? {} : { hint: `did you mean "${meant}"?` }),
      };
    });
  });
}

/** One error that lists every problem. */
export function configError(problems: readonly Problem[], file: string | null): GatewayError {
  const lines = problems.map(line);
  const where = file === null ? 'the configuration' : file;
  const first = problems[0]!;
  const message =
    lines.length === 1 ? `${where}: ${lines[0]!}` : `${where}: ${lines.length} mistakes\n  ${lines.join('\n  ')}`;
  return new GatewayError('BAD_INPUT', message, {
    field: first.origin ?? pathText(first.path),
    expected: first.expected,
    got: first.got,
    ...(first.hint === undefined ? {} : { hint: first.hint }),
  });
}

function line({ path, expected, got, hint, origin }: Problem): string {
  return `${origin ?? pathText(path)}: expected ${expected}, got ${got}${hint === undefined ? '' : ` (${hint})`}`;
}

export function pathText(path: Path): string {
  if (path.length === 0) return 'the file';
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}

export function at(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (node, part) => (node as Record<string | number, unknown> | null | undefined)?.[part],
    tree,
  );
}

/** A URL may hold a password: of one that is wrong only the scheme is told. */
export function shown(value: unknown, path: Path): string {
  if (path.at(-1) !== 'url' || typeof value !== 'string' || /^(\$\{[^}]*\}|file:.*)$/.test(value)) return show(value);
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(value)?.[0];
  return scheme === undefined ? 'text that is not a URL' : `"${scheme}…"`;
}
