import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ShareServer, type Serving } from '../../../../src/queue/offer/share-server.js';
import { madeOf, sha256, smallOffer } from '../../../support/offered.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const place = temporaryFolder();
const clip = 'a'.repeat(12);
const attempt = 'b'.repeat(12);
const source = Buffer.from('0123456789'.repeat(100));
const work = path.join(place, 'one', 'out.mp4.vsr-work');
let server: ShareServer;
let serving: Serving;
let other: Serving;

before(async () => {
  const wish = { host: '127.0.0.1', port: 0, reachedAt: '127.0.0.1', tls: null };
  server = await ShareServer.open(wish);
  serving = await server.offer(clip, await smallOffer(path.join(place, 'one'), source));
  other = await server.offer('c'.repeat(12), await smallOffer(path.join(place, 'two'), source));
});
after(() => server[Symbol.asyncDispose]());

type Call = {
  readonly method?: string;
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
  readonly body?: string;
};

/** Asks as a stranger may; the path goes out as it is. */
async function ask(url: string, call: Call = {}): Promise<{ status: number; text: string }> {
  const { method = 'GET', token = serving.share.token, headers = {}, body = '' } = call;
  const { port } = new URL(serving.share.url);
  const all = {
    Host: 'x',
    Connection: 'close',
    ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  const socket = net.connect(Number(port), '127.0.0.1');
  socket.write(`${method} ${url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
  let text = '';
  socket.on('data', (part: Buffer) => (text += part.toString('latin1')));
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('close', resolve));
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), text };
}

const digest = (bytes: string): string =>
  `sha-256=:${Buffer.from(sha256(bytes), 'hex').toString('base64')}:`;

function put(url: string, body: string, headers: Record<string, string> = {}) {
  const said = { 'Content-Length': String(body.length), 'Content-Digest': digest(body) };
  return ask(url, { method: 'PUT', headers: { ...said, ...headers }, body });
}

test('nothing is told without the token of that very clip', async () => {
  const { token } = other.share;
  const wrong = [null, 'x', token, `${serving.share.token}x`, serving.share.token.slice(1)];
  for (const given of wrong) {
    for (const url of [`/v1/${clip}`, `/v1/${clip}/files/source0.mp4`, `/v1/${'d'.repeat(12)}`]) {
      const { status, text } = await ask(url, { token: given });
      assert.equal(status, 401, `${url} with ${given}`);
      assert.doesNotMatch(text, /source0|01234/);
    }
  }
  assert.notEqual(token, serving.share.token);
});

test('nothing is read but the files of the clip, whatever a path looks like', async () => {
  const paths = [
    ...['/', '/v1', '/etc/passwd', `/v1/${clip}/`, `/v1/${clip}/files/`, `/v1/${clip}/files/..`],
    ...['../secret.txt', '..%2fsecret.txt', '%2e%2e/secret.txt', 'secret.txt', 'source.mp4'].map(
      (name) => `/v1/${clip}/files/${name}`,
    ),
    `/v1/${clip}/files/source0.mp4/../../secret.txt`,
    `/v1/../v1/${clip}/files/source0.mp4`,
    `http://x/v1/${clip}/files/source0.mp4`,
    `/v1/${clip}/segments/0/${attempt}`,
    `/v1/${clip}/segments/3`,
    `/v1/${clip}/segments/-1`,
    `/v1/${clip}/plan.json`,
  ];
  for (const url of paths) {
    const { status, text } = await ask(url);
    assert.ok(status === 404 || status === 401, `${url}: ${status}`);
    assert.doesNotMatch(text, /secret\n|^secret$/m, url);
  }
  for (const method of ['POST', 'DELETE', 'OPTIONS', 'PROPFIND']) {
    assert.equal((await ask(`/v1/${clip}`, { method })).status, 404, method);
  }
});

test('a file comes whole, or from a byte on', async () => {
  const url = `/v1/${clip}/files/source0.mp4`;
  const whole = await ask(url);
  assert.equal(whole.status, 200);
  assert.ok(whole.text.endsWith(`\r\n\r\n${source.toString()}`));
  const rest = await ask(url, { headers: { Range: 'bytes=995-' } });
  assert.equal(rest.status, 206);
  assert.match(rest.text, /Content-Range: bytes 995-999\/1000\r\n[^]*\r\n\r\n56789$/);
  assert.equal((await ask(url, { headers: { Range: 'bytes=1001-' } })).status, 416);
  const { text } = await ask(`/v1/${clip}`);
  const told = JSON.parse(text.slice(text.indexOf('\r\n\r\n'))) as { files: unknown[] };
  const { mtimeMs } = await import('node:fs').then(({ statSync }) =>
    statSync(path.join(place, 'one', 'source.mp4')),
  );
  const hash = sha256(source);
  assert.deepEqual(told.files, [
    { name: 'source0.mp4', sha256: hash, sizeBytes: 1000, modifiedMs: mtimeMs },
  ]);
});

test('results that are not what was asked for are refused and leave nothing', async () => {
  const at = `/v1/${clip}/segments/0/${attempt}`;
  const record = JSON.stringify({ ...madeOf('video', 'rows'), attempt });
  const refused: readonly (readonly [number, Promise<{ status: number }>])[] = [
    [413, put(`${at}/video`, 'x'.repeat(1001))],
    [413, put(`${at}/rows`, 'x'.repeat(101))],
    [413, put(`${at}/video`, 'x', { 'Content-Length': '99999999999999' })],
    [422, put(`${at}/video`, 'x', { 'Content-Digest': digest('y') })],
    [400, put(`${at}/video`, 'x', { 'Content-Digest': 'md5=:x:' })],
    [411, ask(`${at}/video`, { method: 'PUT', headers: { 'Content-Digest': digest('') } })],
    [404, put(`/v1/${clip}/segments/3/${attempt}/video`, 'x')],
    [404, put(`/v1/${clip}/segments/0/../../../x/video`, 'x')],
    [404, put(`/v1/${clip}/segments/0/${'g'.repeat(12)}/video`, 'x')],
    [404, put(`/v1/${clip}/segments/0/${attempt}/plan.json`, 'x')],
    [404, put(`/v1/${clip}/files/source0.mp4`, 'x')],
    [409, put(at, record)],
    [400, put(at, '{')],
    [400, put(at, JSON.stringify({ attempt }))],
  ];
  for (const [i, [status, asked]] of refused.entries()) {
    assert.equal((await asked).status, status, `request ${i}`);
  }
  assert.deepEqual(await readdir(work), []);
  assert.equal((await put(`${at}/video`, 'video')).status, 200);
  assert.equal((await put(`${at}/rows`, 'other')).status, 200);
  assert.equal((await put(at, record)).status, 409, 'a record of other rows');
  const foreign = JSON.stringify({ ...madeOf('video', 'other'), attempt: 'f'.repeat(12) });
  assert.equal((await put(at, foreign)).status, 409, 'a record of another attempt');
  assert.equal((await ask(`/v1/${clip}/segments/0`)).text.split('\r\n\r\n')[1], 'null');
});

test('whoever breaks off in the middle leaves nothing that looks whole', async () => {
  const { port } = new URL(serving.share.url);
  const socket = net.connect(Number(port), '127.0.0.1');
  const name = 'e'.repeat(12);
  socket.write(
    `PUT /v1/${clip}/segments/1/${name}/video HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${serving.share.token}\r\nContent-Length: 500\r\nContent-Digest: ${digest('x')}\r\n\r\n${'x'.repeat(200)}`,
  );
  const mine = async () => (await readdir(work)).filter((file) => file.includes(name));
  for (let i = 0; i < 500 && (await mine()).length === 0; i++) await sleep(5);
  assert.match((await mine()).join(), /^seg-00001\.e{12}\.video\.\d+\.part$/);
  socket.destroy();
  for (let i = 0; i < 500 && (await mine()).length > 0; i++) await sleep(5);
  assert.deepEqual(await mine(), []);
});

test('a segment that was sent counts, and a second one changes nothing', async () => {
  const send = async (name: string, video: string): Promise<unknown> => {
    const at = `/v1/${clip}/segments/2/${name}`;
    await put(`${at}/video`, video);
    await put(`${at}/rows`, 'rows');
    const answer = await put(at, JSON.stringify({ ...madeOf(video, 'rows'), attempt: name }));
    return JSON.parse(answer.text.split('\r\n\r\n')[1]!);
  };
  const first = await send('1'.repeat(12), 'video');
  assert.deepEqual(first, { ...madeOf('video', 'rows'), attempt: '1'.repeat(12) });
  assert.deepEqual(await send('2'.repeat(12), 'later'), first);
  assert.equal(
    await readFile(path.join(work, `seg-00002.${'1'.repeat(12)}.video`), 'utf8'),
    'video',
  );
  const names = (await readdir(work)).filter((file) => file.startsWith('seg-00002')).sort();
  const stem = `seg-00002.${'1'.repeat(12)}`;
  assert.deepEqual(names, [`${stem}.rows.jsonl`, `${stem}.video`, 'seg-00002.json']);
});

test('a source that was changed is served no more', async () => {
  await writeFile(path.join(place, 'two', 'source.mp4'), 'changed');
  const { token } = other.share;
  for (const rest of ['', '/files/source0.mp4']) {
    assert.equal((await ask(`/v1/${'c'.repeat(12)}${rest}`, { token })).status, 410);
  }
  await other[Symbol.asyncDispose]();
  assert.equal((await ask(`/v1/${'c'.repeat(12)}`, { token })).status, 401);
});
