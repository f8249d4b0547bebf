import { randomBytes, timingSafeEqual } from 'node:crypto';
import { VsrError } from '../../errors.js';

/** Addresses that only this machine can reach. */
const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

/** Whether only this machine can reach the address `host`. */
export function isLoopback(host: string): boolean {
  return loopback.has(host);
}

/** A new token: 128 random bits in hexadecimal. */
export function newToken(): string {
  return randomBytes(16).toString('hex');
}

/** The name of the cookie that holds the token after the first request. */
export const cookieName = 'vsr-token';

/** The parts of a request by which it is answered or refused. */
export type Request = {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The token in the URL; absent where there is none. */
  readonly token?: string | undefined;
};

/** Compares in a time that does not depend on where the texts differ. */
function equal(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

function one(value: string | string[] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/**
 * Why a request is refused, in words; `null` where it is answered. Another site may make a browser
 * send requests here: by a name of its own that resolves to this machine (DNS rebinding), so
 * without a token the Host must be a name of this machine; or from its page, so the Origin must be
 * this page. Where `token` is not `null`, the request must carry it. `port` is the server's.
 */
export function refusal(
  { method, headers, token: given }: Request,
  port: number,
  token: string | null,
): string | null {
  const host = one(headers.host);
  if (host === null) return 'a request without a Host';
  if (token === null) {
    const known = [...loopback].map((name) => `${name.includes(':') ? `[${name}]` : name}:${port}`);
    if (!known.includes(host)) return 'a Host that is not this machine’s';
  }
  const origin = one(headers.origin);
  if (origin !== null && origin !== `http://${host}` && origin !== `https://${host}`) {
    return 'an Origin that is not this page';
  }
  const site = one(headers['sec-fetch-site']);
  if (method !== 'GET' && site !== null && site !== 'same-origin' && site !== 'none') {
    return 'a request from another site';
  }
  if (token === null) return null;
  const cookie = (one(headers.cookie) ?? '')
    .split(/;\s*/)
    .map((each) => each.split('='))
    .find(([name]) => name === cookieName)?.[1];
  const shown = given ?? cookie ?? '';
  return equal(shown, token) ? null : 'no token, or a wrong one';
}

/** Throws VsrError `option` for an address that other machines reach where there is no token. */
export function checkHost(host: string, token: string | null): void {
  if (isLoopback(host) || token !== null) return;
  throw new VsrError(
    'option',
    `Expected a token for --host ${host}, which other machines reach. Add --token, or leave --host out.`,
  );
}
