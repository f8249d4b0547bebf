import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { list as listTar, extract as extractTar } from 'tar';
import { type Entry, openPromise as openZip } from 'yauzl';
import { messageOf, VsrError } from '../../errors.js';
import { checkVersion, isFetched, providerFileName, type ProviderFile } from './provider-files.js';

/** The files to take from a source; the first two are required. */
const wantedFiles = [
  ['cuda', providerFileName('cuda')],
  ['shared', providerFileName('shared')],
  ['tensorrt', providerFileName('tensorrt')],
] as const;

const fileNames: readonly string[] = wantedFiles.map(([, file]) => file);
const isWanted = (entry: string): boolean => fileNames.includes(path.posix.basename(entry));

/** The file name extensions of archives that can be read. The last two are zip files as well. */
export const archiveEnds = ['.tgz', '.tar.gz', '.tar', '.zip', '.nupkg', '.whl'] as const;

const npmPrefix = 'npm:';

/**
 * Puts the files of the CUDA provider (and TensorRT's, where the source has them) from `source`
 * into `folder`, each whole or not at all. `source` is a folder, searched with those within it; an
 * archive (`archiveEnds`); or `npm:` and a package, which npm fetches from its registry. `work` is
 * an empty folder for unpacked files. Returns what the CUDA provider was built for.
 *
 * Throws VsrError `option` for a source that is none of these, `provider` for files that are
 * missing, cannot be read or were built for another version of ONNX Runtime, and `disk` where
 * `folder` cannot be written.
 */
export async function installFrom(
  source: string,
  folder: string,
  work: string,
): Promise<ProviderFile> {
  const found = await filesOf(source, work);
  const missing = fileNames.slice(0, 2).filter((file) => !found.has(file));
  if (missing.length > 0) {
    throw new VsrError(
      'provider',
      `Expected ${missing.join(' and ')} in ${source} but found ${[...found.keys()].join(', ') || 'neither'}. Take the package of ONNX Runtime's GPU release.`,
    );
  }
  let cuda: ProviderFile | undefined;
  for (const [name, file] of wantedFiles) {
    if (!isFetched(name) || !found.has(file)) continue;
    const made = checkVersion(name, found.get(file)!);
    if (name === 'cuda') cuda = made;
  }
  for (const [file, from] of found) {
    const part = path.join(folder, `${file}.part`);
    try {
      await copyFile(from, part);
      await rename(part, path.join(folder, file));
    } catch (cause) {
      await rm(part, { force: true });
      throw new VsrError('disk', `Could not write ${file} into ${folder}: ${messageOf(cause)}`, {
        cause,
      });
    }
  }
  return cuda!;
}

/** The paths of the wanted files in a source, by file name. */
async function filesOf(source: string, work: string): Promise<Map<string, string>> {
  if (source.startsWith(npmPrefix)) {
    return filesOf(await packedByNpm(source.slice(npmPrefix.length), work), work);
  }
  const info = await stat(source).catch(() => null);
  const end = archiveEnds.find((one) => source.toLowerCase().endsWith(one));
  if (info === null || (!info.isDirectory() && end === undefined)) {
    throw new VsrError(
      info === null ? 'provider' : 'option',
      `Expected a folder, an archive (${archiveEnds.join(', ')}) or ${npmPrefix}<package> for --from but received ${JSON.stringify(source)}${info === null ? ', which does not exist' : ''}.`,
    );
  }
  if (info.isDirectory()) return inFolder(source);
  const unpacked = path.join(work, 'unpacked');
  await mkdir(unpacked);
  try {
    await (/\.(tgz|tar\.gz|tar)$/i.test(source)
      ? untar(source, unpacked)
      : unzip(source, unpacked));
  } catch (cause) {
    throw new VsrError('provider', `Could not read the archive ${source}: ${messageOf(cause)}`, {
      cause,
    });
  }
  return inFolder(unpacked);
}

async function inFolder(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const isNew = fileNames.includes(entry.name) && !found.has(entry.name);
    if (isNew && entry.isFile()) found.set(entry.name, path.join(entry.parentPath, entry.name));
  }
  return found;
}

/**
 * Unpacks the wanted files by their names alone, so that no path in the archive leads elsewhere.
 */
async function untar(archive: string, into: string): Promise<void> {
  // For a file that is no archive at all, the library reports neither entries nor an error.
  let entries = 0;
  await listTar({ file: archive, strict: true, onReadEntry: () => (entries += 1) });
  if (entries === 0) throw new Error('it holds no files');
  await extractTar({
    file: archive,
    cwd: into,
    strict: true,
    filter: (entry) => isWanted(entry),
    onReadEntry: (entry) => {
      entry.path = path.posix.basename(entry.path);
    },
  });
}

async function unzip(archive: string, into: string): Promise<void> {
  const zip = await openZip(archive);
  try {
    for await (const entry of zip.eachEntry() as AsyncIterable<Entry>) {
      if (!isWanted(entry.fileName)) continue;
      const content = await zip.openReadStreamPromise(entry);
      const target = path.join(into, path.posix.basename(entry.fileName));
      await pipeline(content, createWriteStream(target));
    }
  } finally {
    zip.close();
  }
}

/** Lets npm fetch a package, from the registry and by the proxy of its configuration. */
async function packedByNpm(name: string, work: string): Promise<string> {
  if (!/^(@[\w.-]+\/)?[\w][\w.-]*(@[\w.^~-]+)?$/.test(name)) {
    throw new VsrError(
      'option',
      `Expected ${npmPrefix}<package> or ${npmPrefix}<package>@<version> for --from but received ${JSON.stringify(npmPrefix + name)}.`,
    );
  }
  try {
    await promisify(execFile)(
      'npm',
      ['pack', '--loglevel=error', '--pack-destination', work, name],
      {
        cwd: work,
      },
    );
    const [file] = (await readdir(work)).filter((entry) => entry.endsWith('.tgz'));
    return path.join(work, file!);
  } catch (cause) {
    // The first line of npm's message that is a sentence and not an error code.
    const said = messageOf(cause).split('\n').slice(1);
    const why = said.map((line) => line.replace(/^npm error /, '')).find((line) => / /.test(line));
    throw new VsrError('provider', `npm could not fetch ${name}: ${why ?? 'it gave no reason'}.`, {
      cause,
    });
  }
}
