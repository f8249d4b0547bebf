// What `npm run check` does: the tests and, at the same time but at low priority, the linter, the
// formatter and the regression over the samples. Tests wait a lot, so all of it takes hardly longer
// than the tests alone. Ends with 1 if any of it fails.
import { spawn } from 'node:child_process';
import os from 'node:os';
import process from 'node:process';

/**
 * Runs `npm run <name>` and returns whether it succeeded. Its output is shown as it comes or, where
 * it runs beside the tests, once it has ended.
 */
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
