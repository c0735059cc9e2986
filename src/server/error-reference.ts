import { ERROR_CODES, GatewayError, type ErrorCode } from '../errors.js';

/** docs/errors.md: every code, what it means, and whether trying again may help. */
export function errorReference(): string {
  const rows = Object.entries(ERROR_CODES).map(([code, meaning]) => {
    const { retryable } = new GatewayError(code as ErrorCode, meaning).extensions;
    return `| \`${code}\` | ${meaning} | ${retryable ? 'yes' : 'no'} |`;
  });
  return [
    '# Errors',
    '',
    'Every error has `extensions.code`, one of the codes below, and `extensions.retryable`. Where it helps, `source`,',
    '`field`, `expected`, `got` and `hint` stand beside them. The list grows only with a documented meaning.',
    '',
    'Every error of `/graphql` carries `extensions.requestId`, which is also the header `x-request-id` of every answer and',
    'stands in each line of the log. A request that brings a header `x-request-id` of up to 128 letters, digits and `-_.:`',
    'keeps that id; else it gets a new one. An `INTERNAL` error hides its words; the log has them under its id.',
    '',
    'What a store fails to give is null, with an error whose `path` leads to it: response names, and indexes of lists. A null',
    'where a value was promised takes with it the nearest object or list that may be null, as GraphQL prescribes; errors',
    'inside what is null for such a reason are not told apart. At most 1,000 errors are listed.',
    '',
    'With `Accept: application/graphql-response+json` a request that was not executed answers with a status of 400 or',
    'above; with `application/json` a well-formed request answers 200 and its errors are in the body.',
    '',
    '| Code | Meaning | Retryable |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
