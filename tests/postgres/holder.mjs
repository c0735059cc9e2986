// Takes the lock of a folder and holds it until its input ends.
import '../typescript.mjs';

const { lockFolder } = await import('../../src/postgres/embedded/folder-lock.ts');
try {
  const unlock = await lockFolder(process.argv[2]);
  console.log('holds');
  process.stdin.resume();
  process.stdin.on('end', () => void unlock().then(() => process.exit(0)));
} catch (error) {
  console.log(`refused ${error.code}`);
  process.exit(3);
}
