// Asks for the shared server of a kind, prints what it is told, and stays until its input ends.
import '../typescript.mjs';

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
const { sharedServer } = await import('./index.ts');
console.log(JSON.stringify(await sharedServer(process.argv[2])));
