import { randomBytes, timingSafeEqual } from 'node:crypto';
import { VsrError } from '../../errors.js';

/** Addresses that only this machine reaches. */
const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

/** Whether an address is reached by this machine alone. */
export function isLoopback(host: string): boolean {
  return loopback.has(host);
}

/** A new token: 128 random bits. */
export function newToken(): string {
  return randomBytes(16).toString('hex');
}

/** The name of the cookie that holds the token after the first visit. */
export const cookieName = 'vsr-token';

/** What of a request decides whether it is answered. */
export type Request = {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The token in the address; absent where there is none. */
  readonly token?: string | undefined;
};

function equal(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}

function one(value: string | string[] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/**
 * Why a request is not answered, or `null`. Other sites may send a browser here: by a name of
 * theirs that means this machine (so the Host must be ours), or from a page of theirs (so the
 * Origin must be this page). A `token` is asked for where others reach the address.
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

/** Throws VsrError `option` for an address that others reach, without a token. */
export function checkHost(host: string, token: string | null): void {
  if (isLoopback(host) || token !== null) return;
  throw new VsrError(
    'option',
    `Expected a token for --host ${host}, which other machines reach. Add --token, or leave --host out.`,
  );
}
