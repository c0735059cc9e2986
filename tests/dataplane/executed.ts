import { expect } from '@jest/globals';
import { getOperationAST, parse, validate } from 'graphql';
import type { OperationAnswer, Plane } from '../../src/dataplane/service.js';

/** What is answered to a valid operation. */
export function executed(
  plane: Plane,
  text: string,
  variables: Readonly<Record<string, unknown>> = {},
  permissions = 'all',
): Promise<OperationAnswer> {
  const document = parse(text);
  expect(validate(plane.schema, document)).toEqual([]);
  return plane.execute({
    document,
    operation: getOperationAST(document)!,
    operationName: null,
    variables,
    caller: { id: 'a', permissions },
    signal: new AbortController().signal,
    controlContext: {},
  });
}
