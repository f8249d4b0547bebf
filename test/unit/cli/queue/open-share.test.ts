import assert from 'node:assert/strict';
import test from 'node:test';
import { openShare, sharePlace } from '../../../../src/cli/queue/open-share.js';
import { queueAddress } from '../../../../src/queue/redis/address.js';

const queue = queueAddress({ url: 'redis://127.0.0.1:1' }, {});

test('an address, a port, or both are read', () => {
  assert.deepEqual(sharePlace('192.168.1.5:8750'), { host: '192.168.1.5', port: 8750 });
  assert.deepEqual(sharePlace('studio.local'), { host: 'studio.local', port: 0 });
  assert.deepEqual(sharePlace(':8750'), { host: null, port: 8750 });
  assert.deepEqual(sharePlace('[fe80::1]:9'), { host: 'fe80::1', port: 9 });
});

test('what is none is refused, and told why it may have come', () => {
  for (const word of ['', 'tapes/one.mp4', ':', 'http://a:1', 'a:70000', 'a:b']) {
    assert.throws(() => sharePlace(word), {
      code: 'option',
      message: /^Expected an address and a port .* It takes the word after it/,
    });
  }
});

test('without --share nothing is served; a certificate needs its key', async () => {
  assert.equal(await openShare({}, queue), null);
  for (const flags of [{ shareCert: 'x' }, { shareKey: 'x' }]) {
    await assert.rejects(openShare({ share: true, ...flags }, queue), {
      code: 'option',
      message: /^Expected --share-(key with --share-cert|cert with --share-key)\.$/,
    });
  }
});
