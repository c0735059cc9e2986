// Writes docs/config.schema.json and the tables of docs/configuration.md from the config's schema, and docs/errors.md from
// the list of errors. Wants a build.
import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { configJsonSchema, configReference, overrideReference } from '../dist/src/config/index.js';
import { errorReference } from '../dist/src/server/error-reference.js';

const page = new URL('../docs/configuration.md', import.meta.url);
const schema = new URL('../docs/config.schema.json', import.meta.url);
const style = { singleQuote: true, printWidth: 120, trailingComma: 'all' };
const tables = { flags: overrideReference(), keys: configReference() };
const text = Object.entries(tables).reduce(
  (before, [name, table]) =>
    before.replace(
      new RegExp(`<!-- ${name} -->[^]*<!-- /${name} -->`),
      () => `<!-- ${name} -->\n\n${table}\n<!-- /${name} -->`,
    ),
  readFileSync(page, 'utf8'),
);
writeFileSync(page, await format(text, { ...style, parser: 'markdown' }));
writeFileSync(schema, await format(JSON.stringify(configJsonSchema()), { ...style, parser: 'json' }));
writeFileSync(
  new URL('../docs/errors.md', import.meta.url),
  await format(errorReference(), { ...style, parser: 'markdown' }),
);
