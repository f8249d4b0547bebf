import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkHost, refusal } from '../../../src/serve/web/guard.js';

const token = '0123456789abcdef0123456789abcdef';
const get = (headers: Record<string, string>, given?: string) => ({
  method: 'GET',
  headers,
  token: given,
});

test('without a token only this machine’s names are answered', () => {
  for (const host of ['127.0.0.1:80', 'localhost:80', '[::1]:80']) {
    assert.equal(refusal(get({ host }), 80, null), null, host);
  }
  for (const host of [
    'elsewhere.example:80',
    '127.0.0.1:81',
    '127.0.0.1',
    '127.0.0.1.nip.example:80',
  ]) {
    assert.notEqual(refusal(get({ host }), 80, null), null, host);
  }
  assert.notEqual(refusal(get({}), 80, null), null);
});

test('a page of another site is refused, also where it names this machine', () => {
  const host = '127.0.0.1:80';
  assert.equal(refusal(get({ host, origin: 'http://127.0.0.1:80' }), 80, null), null);
  for (const origin of [
    'http://elsewhere.example',
    'null',
    'http://127.0.0.1:8080',
    'http://localhost:80',
  ]) {
    assert.notEqual(refusal(get({ host, origin }), 80, null), null, origin);
  }
  const post = { method: 'POST', headers: { host, 'sec-fetch-site': 'same-site' } };
  assert.notEqual(refusal(post, 80, null), null);
});

test('a token is asked for in the address or the cookie, and compared whole', () => {
  const host = 'studio.example:80';
  assert.equal(refusal(get({ host }, token), 80, token), null);
  assert.equal(refusal(get({ host, cookie: `a=b; vsr-token=${token}` }), 80, token), null);
  for (const wrong of ['', token.slice(1), `${token}0`, token.toUpperCase()]) {
    assert.notEqual(refusal(get({ host }, wrong), 80, token), null, wrong);
    assert.notEqual(refusal(get({ host, cookie: `vsr-token=${wrong}` }), 80, token), null, wrong);
  }
});

test('an address that others reach needs a token', () => {
  assert.throws(() => checkHost('0.0.0.0', null), { code: 'option', message: /--token/ });
  checkHost('0.0.0.0', token);
  checkHost('127.0.0.1', null);
});
