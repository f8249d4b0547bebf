import { readFileSync } from 'node:fs';
import { badValue, VsrError } from '../../errors.js';
import { whyNotRead } from '../../files/why-not-read.js';

/** The address of a queue, with what is needed to connect. */
export type QueueAddress = {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username: string | null;
  readonly password: string | null;
  /** Certificates to trust, in PEM; `null` for those of the system. Used only with TLS. */
  readonly ca: string | null;
  readonly tls: boolean;
  /** The address without its password, for people. */
  readonly shown: string;
};

/** How a caller names a queue. */
export type QueueWish = {
  /** `redis://host:port/database`, or `rediss://` for TLS. Default port 6379, database 0. */
  readonly url: string;
  /** The file that holds the password. */
  readonly passwordFile?: string | undefined;
  /** A PEM file with the certificates to trust. */
  readonly caFile?: string | undefined;
};

/** Environment variables that are read for what a call does not give. */
export const queueVariables = {
  url: 'VSR_QUEUE',
  password: 'VSR_QUEUE_PASSWORD',
  passwordFile: 'VSR_QUEUE_PASSWORD_FILE',
  caFile: 'VSR_QUEUE_CA',
} as const;

const expected = 'an address as redis://host:6379 or rediss://user@host:6379/0';

/** A URL without its password, for messages. */
export function withoutPassword(url: string): string {
  return url
    .replace(/^([a-z]+:\/\/[^:@/]*):.*@/i, '$1:***@')
    .replace(/^([a-z]+:\/\/):\*\*\*@/i, '$1');
}

function textOf(what: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new VsrError('queue', `Cannot read the ${what} ${file}: ${whyNotRead(cause)}.`, {
      cause,
    });
  }
}

/**
 * The password in the environment. It is removed from there, so that child processes do not
 * inherit it.
 */
function takePassword(environment: NodeJS.ProcessEnv): string | null {
  const password = environment[queueVariables.password];
  delete environment[queueVariables.password];
  return password === undefined || password === '' ? null : password;
}

/**
 * Reads the address of a queue. The password is that of the URL, otherwise that of the environment,
 * otherwise that of a file. Throws VsrError `option` for an address that is none, `queue` for files
 * that cannot be read.
 */
export function queueAddress(wish: QueueWish, environment = process.env): QueueAddress {
  const fromEnvironment = takePassword(environment);
  const shownWish = withoutPassword(wish.url);
  let url: URL;
  try {
    url = new URL(wish.url);
  } catch {
    throw badValue(expected, '--queue', shownWish);
  }
  const tls = url.protocol === 'rediss:';
  const db = /^\/(\d{0,4})$/.exec(url.pathname === '' ? '/' : url.pathname)?.[1];
  const known = (tls || url.protocol === 'redis:') && url.hostname !== '';
  if (!known || db === undefined || url.search !== '' || url.hash !== '') {
    throw badValue(expected, '--queue', shownWish);
  }
  const passwordFile = wish.passwordFile ?? environment[queueVariables.passwordFile];
  const caFile = wish.caFile ?? environment[queueVariables.caFile];
  const inFile =
    passwordFile === undefined || passwordFile === ''
      ? null
      : textOf('file of the queue’s password', passwordFile).trim();
  const username = url.username === '' ? null : decodeURIComponent(url.username);
  const inUrl = url.password === '' ? null : decodeURIComponent(url.password);
  const port = url.port === '' ? 6379 : Number(url.port);
  const user = username === null ? '' : `${url.username}@`;
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    db: Number(db),
    username,
    password: inUrl ?? fromEnvironment ?? inFile,
    ca: caFile === undefined || caFile === '' ? null : textOf('certificate', caFile),
    tls,
    shown: `${url.protocol}//${user}${url.hostname}:${port}${Number(db) === 0 ? '' : `/${db}`}`,
  };
}
