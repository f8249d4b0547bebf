import assert from 'node:assert/strict';
import test from 'node:test';
import { runVsr } from '../support/run-vsr.js';

test('help is there for every command, with examples and without empty defaults', async () => {
  const { stdout } = await runVsr('--help');
  const names = [...stdout.matchAll(/^ {2}(\w+) {2,}\S/gm)].map((match) => match[1]!);
  assert.ok(names.includes('upscale') && names.length >= 9, names.join());
  for (const name of names) {
    if (name === 'help') continue;
    const help = await runVsr(name, '--help');
    assert.equal(help.code, 0, name);
    assert.match(help.stdout, /Examples:/, name);
    assert.doesNotMatch(help.stdout, /default: \[\]/, name);
  }
});
