// Loads the demo into the stores of a file, until it is done or killed.
import '../typescript.mjs';

const { allIn, loadConfig } = await import('../../src/config/index.ts');
const { loadDemo } = await import('../../src/demo/load.ts');
const { demoStores } = loadConfig({ demo: true, stores: process.argv[2] }, {});
await loadDemo({ ...allIn(''), ...demoStores }, (message) => console.log(message));
console.log('loaded');
