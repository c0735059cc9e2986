// Types the operations under schema/operations. `--check` writes nothing and fails when the committed file is stale.
import { executeCodegen, createContext } from '@graphql-codegen/cli';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
if (!existsSync('schema/demo.graphql')) {
  const stale = existsSync('schema/operations/generated.ts') || !process.argv.includes('--check');
  console.error('schema/demo.graphql is not there: npm run schema writes it');
  process.exit(stale ? 1 : 0);
}
const { result, error } = await executeCodegen(await createContext({ config: 'codegen.yml' }));
if (error) {
  console.error(error.message ?? error);
  process.exit(1);
}
let stale = 0;
for (const { filename, content } of result) {
  if (existsSync(filename) && readFileSync(filename, 'utf8') === content) continue;
  stale += 1;
  if (process.argv.includes('--check')) console.error(`${filename} is stale: npm run codegen writes it`);
  else writeFileSync(filename, content);
}
process.exit(process.argv.includes('--check') && stale > 0 ? 1 : 0);
