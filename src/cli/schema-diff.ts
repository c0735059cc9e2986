import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, GraphQLError, type GraphQLSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { GatewayError } from '../errors.js';
import { FAILED, OK, type Terminal } from './terminal.js';

const MARK = {
  [CriticalityLevel.Breaking]: 'BREAKING',
  [CriticalityLevel.Dangerous]: 'DANGEROUS',
  [CriticalityLevel.NonBreaking]: 'SAFE',
} as const;
const ORDER = ['BREAKING', 'DANGEROUS', 'SAFE'];

/** One line a change, the breaking ones first. */
export async function schemaDiff(before: string, after: string, terminal: Terminal): Promise<number> {
  const changes = (await diff(readSchema(before), readSchema(after))).map(({ criticality, message }) => ({
    mark: MARK[criticality.level],
    message,
  }));
  changes.sort((a, b) => ORDER.indexOf(a.mark) - ORDER.indexOf(b.mark));
  for (const { mark, message } of changes) terminal.out(`${mark.padEnd(9)}  ${message}`);
  const breaking = changes.filter(({ mark }) => mark === 'BREAKING').length;
  terminal.out(changes.length === 0 ? 'no changes' : `${changes.length} changes, ${breaking} breaking`);
  return breaking === 0 ? OK : FAILED;
}

function readSchema(file: string): GraphQLSchema {
  try {
    return buildSchema(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const got = error instanceof GraphQLError ? error.message : (code ?? (error as Error).message);
    const expected = code === undefined ? 'a GraphQL schema' : 'a readable file';
    throw new GatewayError('BAD_INPUT', `${file}: expected ${expected}, got ${got}`, { field: file, expected, got });
  }
}
