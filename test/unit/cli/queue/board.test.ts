import assert from 'node:assert/strict';
import test from 'node:test';
import { loadBoard } from '../../../../src/cli/queue/board.js';

test('where bull-board is not installed, one sentence says how to install it', async () => {
  const missing = (name: string) => Promise.reject(new Error(`Cannot find package '${name}'`));
  await assert.rejects(loadBoard(missing), {
    code: 'queue',
    message:
      /^vsr queue board needs [^.]*: npm install -g @bull-board\/api@9\.10 @bull-board\/fastify@9\.10, [^.]*\.$/,
  });
});

test('what its packages export is taken together', async () => {
  const load = (name: string) => Promise.resolve({ [name]: name });
  const names = ['@bull-board/api', '@bull-board/api/bullMQAdapter', '@bull-board/fastify'];
  assert.deepEqual(Object.keys(await loadBoard(load)), names);
});
