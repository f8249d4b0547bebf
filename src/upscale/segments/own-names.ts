import { lstat, readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../errors.js';

/** Files that stay in a work folder from run to run. */
const kept =
  /^(plan\.json|queue\.json|sealed\.vsr\.json|seg-\d{5,}\.json|seg-\d{5,}(\.[0-9a-f]{12})?\.(video|rows\.jsonl))$/;
/** Unfinished files that a killed run may leave; a number is a process. */
const drafts = [
  /^lock(\.[0-9a-f-]+)+$/,
  /^(plan|queue|seg-\d{5,})\.json\.(\d+|[0-9a-f]{12})\.part$/,
  /^sealed\.vsr\.json\.part$/,
  /^seg-\d{5,}(\.[0-9a-f]{12})?\.video\.\d+\.part$/,
  /^seg-\d{5,}(\.[0-9a-f]{12})?\.rows\.\d+\.part\.jsonl$/,
  /^joined\.\d+(-[0-9a-f]+)?\.\w+$/,
  /^joined-log\.(csv|jsonl)$/i,
  // Files of the first builds of vsr 0.1.0.
  /^seal\.json(\.\d+\.part)?$/,
];
const draftFolders = /^\.vsr-extras-[A-Za-z0-9]{6}$/;
/**
 * Files that file managers and network file systems put into every folder; they are never touched.
 */
const bystanders =
  /^(\.DS_Store|\._.*|Thumbs\.db|desktop\.ini|\.directory|\.nfs.*|\.fuse_hidden.*)$/i;

/** A name in a work folder, and whether a later run can use what is there. */
type OwnName = { readonly name: string; readonly kind: 'kept' | 'lock' | 'draft' };

function kindOf(name: string, isFile: boolean, isFolder: boolean): OwnName['kind'] | null {
  if (isFolder) return draftFolders.test(name) ? 'draft' : null;
  if (!isFile) return null;
  if (kept.test(name)) return 'kept';
  if (name === 'lock') return 'lock';
  return drafts.some((pattern) => pattern.test(name)) ? 'draft' : null;
}

/** Whether a name in a work folder is a finished segment's record. */
export function isRecordName(name: string): boolean {
  return /^seg-\d{5,}\.json$/.test(name);
}

/**
 * The names in a work folder that vsr made; empty where there is no folder. Throws VsrError `media`
 * for a link or a file of that name, and for a folder that holds anything else; then nothing in it
 * is touched.
 */
export async function ownNames(folder: string): Promise<OwnName[]> {
  const found = await lstat(folder).catch(() => null);
  if (found === null) return [];
  const advice = 'Move it away, or choose another output name with -o.';
  if (!found.isDirectory()) {
    const what = found.isSymbolicLink() ? 'a link' : 'a file';
    throw new VsrError(
      'media',
      `Expected a folder to work in, or none, but ${folder} is ${what}. ${advice}`,
    );
  }
  const own: OwnName[] = [];
  const others: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const kind = kindOf(entry.name, entry.isFile(), entry.isDirectory());
    if (kind !== null) own.push({ name: entry.name, kind });
    else if (!bystanders.test(entry.name)) others.push(entry.name);
  }
  if (others.length > 0) {
    const named = others.sort().slice(0, 3).join(', ');
    const more = others.length > 3 ? ` and ${others.length - 3} more` : '';
    throw new VsrError(
      'media',
      `The work folder ${folder} holds ${named}${more}, which vsr did not make. ${advice}`,
    );
  }
  return own;
}

/** Removes the files that vsr made of the given `kinds`, and nothing else. */
export async function removeOwn(folder: string, kinds: readonly OwnName['kind'][]): Promise<void> {
  for (const { name, kind } of await ownNames(folder)) {
    if (!kinds.includes(kind)) continue;
    await rm(path.join(folder, name), { recursive: kind === 'draft', force: true });
  }
}

/** Removes a folder if it is empty. */
export async function removeEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || !['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(code)) throw error;
  });
}
