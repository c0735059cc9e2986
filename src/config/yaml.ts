import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { GatewayError } from '../errors.js';

/** What a file of YAML holds. Throws BAD_INPUT with its path when it cannot be read or is none. */
export function readYaml(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const got = (error as NodeJS.ErrnoException).code ?? 'an unreadable one';
    throw new GatewayError('BAD_INPUT', `${path}: expected a readable file, got ${got}`, {
      field: path,
      expected: 'a readable file',
      got,
    });
  }
  const document = parseDocument(text, { prettyErrors: true });
  const broken = document.errors[0];
  if (broken) {
    const got = broken.message.split('\n')[0]!.replace(/:$/, '');
    throw new GatewayError('BAD_INPUT', `${path}: expected YAML, got ${got}`, { field: path, expected: 'YAML', got });
  }
  return document.toJS() ?? {};
}
