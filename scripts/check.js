// What `npm run check` does: the tests, and beside them, with what they leave of the processor, the
// linter, the formatter and the regression over the samples. Tests wait a lot, so that all of it
// takes hardly longer than they do. Ends with 1 if any of it fails.
import { spawn } from 'node:child_process';
import os from 'node:os';
import process from 'node:process';

/** Runs `npm run <name>`; its output as it comes, or all of it once it has ended. */
function run(name, isBeside) {
  const child = spawn('npm', ['run', '--silent', name], {
    stdio: ['ignore', isBeside ? 'pipe' : 'inherit', isBeside ? 'pipe' : 'inherit'],
    shell: process.platform === 'win32',
  });
  let said = '';
  if (isBeside) {
    os.setPriority(child.pid, os.constants.priority.PRIORITY_LOW);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => (said += text.toString()));
    }
  }
  return new Promise((resolve) => {
    child.once('close', (code) => {
      if (isBeside) console.log(`npm run ${name}: exit code ${code}\n${said}`);
      resolve(code === 0);
    });
  });
}

async function beside() {
  const results = [];
  for (const name of ['lint', 'format', 'regress']) results.push(await run(name, true));
  return results.every(Boolean);
}

if (!(await run('build', false))) process.exit(1);
const [tested, checked] = await Promise.all([run('test', false), beside()]);
if (!tested) console.error('The tests failed.');
process.exit(tested && checked ? 0 : 1);
