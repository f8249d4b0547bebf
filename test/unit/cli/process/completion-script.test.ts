import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { completionScript, shells } from '../../../../src/cli/process/completion-script.js';
import { commandTree } from '../../../../src/cli/process/command-tree.js';
import { queueCommand } from '../../../../src/cli/queue/queue.js';
import { upscaleCommand } from '../../../../src/cli/upscale/upscale.js';
import { codecNames } from '../../../../src/upscale/plan/options.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const folder = temporaryFolder();
const tree = commandTree([upscaleCommand(), queueCommand()]);

/** What bash would offer for the last of `words`; `null` where it is not installed. */
function offered(...words: string[]): string[] | null {
  const script = path.join(folder, 'vsr.bash');
  writeFileSync(script, completionScript('bash', tree));
  const list = ['vsr', ...words].map((word) => `'${word}'`).join(' ');
  const asked = `. '${script}'; COMP_WORDS=(${list}); COMP_CWORD=${words.length}; _vsr; echo "\${COMPREPLY[*]}"`;
  const { error, status, stdout, stderr } = spawnSync('bash', ['-c', asked], { encoding: 'utf8' });
  if (error !== undefined) return null;
  assert.equal(status, 0, stderr);
  return stdout.trim().split(' ').filter(Boolean);
}

test('bash offers commands, options and their words, and leaves files to itself', (t) => {
  if (offered('up') === null) return t.skip('bash is not installed');
  assert.deepEqual(offered('up'), ['upscale']);
  assert.deepEqual(offered('upscale', '--codec', ''), [...codecNames]);
  assert.deepEqual(offered('upscale', 'a.mp4', '--codec', 'he'), ['hevc']);
  assert.deepEqual(offered('upscale', '--audi'), ['--audio']);
  assert.deepEqual(offered('upscale', '-o', 'x'), []);
  assert.deepEqual(offered('upscale', 'clip'), []);
  assert.deepEqual(offered('queue', 'stat'), ['status']);
  assert.ok(offered('queue', 'status', '--')?.includes('--queue'));
});

test('every option of every command is in every script', () => {
  for (const shell of shells) {
    const script = completionScript(shell, tree);
    for (const { options, commands } of tree) {
      for (const { names } of [...options, ...commands.flatMap((command) => command.options)]) {
        const [long = ''] = names;
        const form = shell === 'fish' ? `-l ${long.slice(2)}` : long;
        assert.ok(script.includes(form), `${shell}: ${long}`);
      }
    }
  }
});

test('the scripts are ones that their shells can read', (t) => {
  for (const shell of shells) {
    const script = path.join(folder, `vsr.${shell}`);
    writeFileSync(script, completionScript(shell, tree));
    const { error, status, stderr } = spawnSync(shell, ['-n', script], { encoding: 'utf8' });
    if (error === undefined) assert.equal(status, 0, stderr);
    else t.diagnostic(`${shell} is not installed`);
  }
});
