import { GatewayError } from '../../src/errors.js';

/** What capabilities call none, asked all the same. */
export function unable(what: string): GatewayError {
  return new GatewayError('UNSUPPORTED', `elasticsearch cannot answer ${what} here`, {
    hint: 'ask for the fields and compare them where they are read',
  });
}
