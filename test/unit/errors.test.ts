import assert from 'node:assert/strict';
import test from 'node:test';
import { errorFacts, VsrError } from '../../src/errors.js';

const systemError = (code: string, message: string): Error =>
  Object.assign(new Error(message), { code });

test('what the system lacks is said in a sentence, and is no bug', () => {
  for (const [error, wanted] of [
    [systemError('EMFILE', 'EMFILE: too many open files'), /may open no more files\..*ulimit -n/],
    [systemError('EAGAIN', 'spawn node EAGAIN'), /start no more processes or threads\..*ulimit -u/],
    [
      systemError('ERR_WORKER_INIT_FAILED', 'Worker initialization failure: EAGAIN'),
      /start no more processes or threads\./,
    ],
    [systemError('ENOMEM', 'ENOMEM'), /no memory left/],
  ] as const) {
    const facts = errorFacts(error);
    assert.match(facts.message, wanted);
    assert.deepEqual([facts.code, facts.exitCode, facts.detail], ['busy', 1, undefined]);
  }
  assert.equal(errorFacts(new TypeError('x')).code, 'bug');
  assert.equal(errorFacts(systemError('ENOENT', 'x')).code, 'bug');
  assert.equal(errorFacts(new VsrError('media', 'x')).code, 'media');
});
