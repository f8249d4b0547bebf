import assert from 'node:assert/strict';
import test from 'node:test';
import { checkSubmitFlags } from '../../../../src/cli/upscale/submit-flags.js';

const queue = 'redis://nas:6379';
type Flags = Parameters<typeof checkSubmitFlags>[1];

const refused: readonly (readonly [Flags, RegExp])[] = [
  [{ root: ['m=/media'] }, /Expected --queue with --root/],
  [{ priority: 'batch' }, /Expected --queue with --priority/],
  [{ detach: true }, /Expected --queue with --detach/],
  [{ share: true }, /Expected --queue with --share/],
  [{ shareKey: 'key.pem' }, /Expected --queue with --share-key/],
  [{ queuePasswordFile: 'p' }, /Expected --queue with --queue-password-file/],
  [{ queueCa: 'ca.pem' }, /Expected --queue with --queue-ca/],
  [{ queue, detach: true, exec: 'x' }, /Expected no --exec with --detach/],
  [{ queue, output: '-' }, /Expected files with --queue/],
  [{ queue, share: true, detach: true }, /Expected no --detach with --share: this process serves/],
  [{ queue, share: true, root: ['m=/media'] }, /Expected --root or --share, not both/],
  [{ queue, shareCert: 'cert.pem' }, /Expected --share with --share-cert/],
];
for (const [flags, message] of refused) {
  test(`a call with ${Object.keys(flags).join(' and ')} is refused: ${message.source}`, () => {
    assert.throws(() => checkSubmitFlags(['clip.mp4'], flags), { code: 'option', message });
  });
}

test('calls that make sense are not', () => {
  const calls: Flags[] = [
    {},
    { queue, detach: true, root: ['m=/media'], priority: 'interactive' },
    { queue, share: '192.168.1.5:8750', shareCert: 'cert.pem', shareKey: 'key.pem', exec: 'x' },
  ];
  for (const flags of calls) checkSubmitFlags(['clip.mp4'], flags);
});
