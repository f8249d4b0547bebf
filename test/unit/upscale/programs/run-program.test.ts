import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import {
  checkProgram,
  checkProgramWords,
  runProgram,
} from '../../../../src/upscale/programs/run-program.js';

const clip = { input: '/in/a b.mp4', output: path.resolve('/out dir/a "b".mp4') };
const run = (code: string, words: readonly string[] = [], signal = new AbortController().signal) =>
  runProgram([process.execPath, '-e', code, ...words], clip, signal);

test('fields become paths, each within its word', async () => {
  const given = ['{input}', '--to={output}', '{folder}', '{sidecar}', '$HOME'];
  const expected = [
    ...['/in/a b.mp4', `--to=${clip.output}`, path.dirname(clip.output)],
    ...[`${clip.output}.vsr.json`, '$HOME'],
  ];
  const code = `process.exit(JSON.stringify(process.argv.slice(1)) === ${JSON.stringify(JSON.stringify(expected))} ? 0 : 1)`;
  const { words, exitCode, error } = await run(code, ['--', ...given]);
  assert.deepEqual(words.slice(4), expected);
  assert.deepEqual([exitCode, error], [0, null]);
});

test('a program that fails says how, with the last line it printed', async () => {
  const failed = await run('console.error("one"); console.error("two"); process.exitCode = 7');
  assert.deepEqual(
    [failed.exitCode, failed.error],
    [7, `${process.execPath} ended with exit code 7: two`],
  );
  const killed = await run('process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000)');
  assert.match(killed.error!, /was ended by SIGKILL\.$/);
  const gone = await runProgram(['/no/such/program'], clip, new AbortController().signal);
  assert.match(gone.error!, /^\/no\/such\/program could not be started: /);
});

test('a program that does not end by itself is ended when the job is stopped', async () => {
  const stop = new AbortController();
  const code =
    'process.on("SIGTERM", () => {}); process.stdout.write("x"); setInterval(() => {}, 1000)';
  setTimeout(() => stop.abort(), 300);
  const { exitCode, error } = await run(code, [], stop.signal);
  assert.equal(exitCode, null);
  assert.match(error!, /was ended by SIG(KILL|TERM)/);
  assert.match((await run('0', [], stop.signal)).error!, /was not run: interrupted/);
});

test('a program that is not there, and fields that there are not, are refused', async () => {
  const sentence = /Expected a program that is there.* for exec but received/;
  for (const program of ['no-such-program-anywhere', '/no/such/program', import.meta.dirname]) {
    await assert.rejects(checkProgram([program]), { code: 'media', message: sentence });
  }
  await checkProgram([process.execPath]);
  await checkProgram(['node']);
  await checkProgram(null);
  const known = '{input}, {output}, {folder}, {sidecar}';
  for (const [words, field] of [
    [['cp', '{ouput}'], '{ouput}'],
    [['cp', 'x{}'], '{}'],
  ] as const) {
    assert.throws(() => checkProgramWords(words), {
      message: `Expected fields of ${known} for exec but received "${field}".`,
    });
  }
  assert.throws(() => checkProgramWords([]), { code: 'option' });
  checkProgramWords(['jq', '.a | {b: .c}', '{output}']);
});
