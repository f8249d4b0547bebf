import { randomBytes } from 'node:crypto';
import { VsrError } from '../../errors.js';
import type { Field } from '../../files/json-field.js';

/** Stands in place of a root where a submitter serves its files itself. No root has this name. */
export const sharedRoot = '@share';

/** The address at which the machine that submitted a clip serves it, with the token for it. */
export type Share = {
  /** `http://host:port` or `https://host:port`, with nothing after it. */
  readonly url: string;
  /** A secret. Whoever has it may read this one submission of this one clip, and send segments. */
  readonly token: string;
  /** SHA-256 of the server's certificate, 64 hex digits; `null` without TLS. */
  readonly certificate: string | null;
};

/** A new token: 256 random bits. */
export function newShareToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Reads a share from untrusted data. Throws VsrError `queue` or `media`. */
export function shareOf(field: Field): Share {
  const share = {
    url: field.at('url').string(),
    token: field.at('token').string(),
    certificate: field.at('certificate').orNull((hash) => hash.string()),
  };
  const origin = URL.canParse(share.url) ? new URL(share.url).origin : null;
  const isPlain = origin === share.url && /^https?:/.test(share.url);
  const isSecret = /^[\w-]{43}$/.test(share.token);
  const isHash = share.certificate === null || /^[0-9a-f]{64}$/.test(share.certificate);
  const isConsistent = share.url.startsWith('https:') === (share.certificate !== null);
  if (isPlain && isSecret && isHash && isConsistent) return share;
  // The message does not show the values, because the token is a secret.
  throw new VsrError(
    'queue',
    'Expected the address, token and certificate of the machine that submitted the clip, but the job holds something else.',
  );
}

/** Whether the input's name for people shows that the clip's submitter serves it. */
export function isSharedName(name: string): boolean {
  return name.startsWith(`${sharedRoot}:`);
}

/** The submitter's description of a file that a worker needs. */
export type SharedFile = {
  /** Its name on both machines: letters, then digits, then perhaps a dot and an ending. */
  readonly name: string;
  readonly sizeBytes: number;
  /** When it was last written, in milliseconds since 1970. */
  readonly modifiedMs: number;
  /** In hex. */
  readonly sha256: string;
};

/** The submitter's description of a clip that it serves. */
export type SharedClip = {
  /** When it was submitted, ISO 8601. */
  readonly since: string;
  /** What the clip is to become: a `Wish`, which the worker checks. */
  readonly wish: unknown;
  /** The plan in its work folder: a `StoredPlan`, which the worker checks. */
  readonly plan: object;
  /** The source comes first. */
  readonly files: readonly SharedFile[];
};

const fileName = /^[a-z]+\d*(\.[A-Za-z0-9]{1,16})?$/;

/** Whether a shared file can have this name. Such a name cannot lead out of a folder. */
export function isSharedFileName(name: string): boolean {
  return fileName.test(name);
}

function sharedFileOf(field: Field): SharedFile {
  const file = {
    name: field.at('name').string(),
    sizeBytes: field.at('sizeBytes').count(),
    modifiedMs: field.at('modifiedMs').number(),
    sha256: field.at('sha256').string(),
  };
  if (isSharedFileName(file.name) && /^[0-9a-f]{64}$/.test(file.sha256)) return file;
  throw new VsrError(
    'queue',
    `Expected a plain file name and a hash, but the submitter serves ${JSON.stringify(file.name.slice(0, 80))}.`,
  );
}

/** Reads a submitter's description of a clip. Throws VsrError `queue` or `media`. */
export function sharedClipOf(top: Field): SharedClip {
  return {
    since: top.at('since').string(),
    wish: top.at('wish').object(),
    plan: top.at('plan').object(),
    files: top.at('files').list(sharedFileOf),
  };
}
