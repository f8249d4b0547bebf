import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chmod, stat } from 'node:fs/promises';
import path from 'node:path';
import { VsrError, messageOf, unusable } from '../../errors.js';
import { askBinary } from './binary-answers.js';

/** The ffmpeg and ffprobe in use. */
export type Ffmpeg = {
  /** Absolute path. */
  readonly ffmpeg: string;
  /** Absolute path. */
  readonly ffprobe: string;
  /**
   * The version that `ffmpeg -version` states, such as `5.1.9-0+deb12u1` or
   * `N-47683-g0e8eb07980-static`.
   */
  readonly version: string;
  /** Hash of all that `ffmpeg -version` prints, which tells builds of one version apart. */
  readonly build: string;
  /** libavcodec's major version: 58 is ffmpeg 4, 60 is ffmpeg 6. */
  readonly libavcodec: number;
  /** Where the ffmpeg was found. */
  readonly from: 'option' | 'environment' | 'path' | 'embedded';
};

/** A program that answered `-version`. */
type Program = {
  readonly path: string;
  readonly version: string;
  readonly build: string;
  /** libavcodec's version, by which releases and snapshots can be compared. */
  readonly age: readonly [number, number, number];
};

type ProgramName = 'ffmpeg' | 'ffprobe';

/** The environment variables that can name each program; the first that is set counts. */
export const environmentNames: Readonly<Record<ProgramName, readonly string[]>> = {
  ffmpeg: ['VSR_FFMPEG', 'FFMPEG_PATH'],
  ffprobe: ['VSR_FFPROBE', 'FFPROBE_PATH'],
};

/** Reads the answer to `-version`; `null` if it is not that of ffmpeg or ffprobe. */
export function parseVersion(text: string): Pick<Program, 'version' | 'age'> | null {
  const version = /^ff(?:mpeg|probe) version (\S+)/m.exec(text)?.[1];
  const codec = /^libavcodec\s+(\d+)\.\s*(\d+)\.\s*(\d+)/m.exec(text);
  if (version === undefined || codec === null) return null;
  return { version, age: [Number(codec[1]), Number(codec[2]), Number(codec[3])] };
}

async function ask(file: string): Promise<Program> {
  const { stdout, code } = await askBinary(file, ['-version']);
  const answer = parseVersion(stdout);
  if (code !== 0 || answer === null) {
    throw new VsrError('media', `${file} does not answer -version as ffmpeg does.`);
  }
  const build = createHash('sha256').update(stdout).digest('hex').slice(0, 8);
  return { path: file, build, ...answer };
}

function isNewer(a: Program, b: Program): boolean {
  const place = a.age.findIndex((part, i) => part !== b.age[i]);
  return place >= 0 && a.age[place]! > b.age[place]!;
}

async function canRun(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function onPath(name: ProgramName): Promise<Program | null> {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const full = path.join(folder, file);
    if (!path.isAbsolute(full) || !(await canRun(full))) continue;
    const program = await ask(full).catch(() => null);
    if (program !== null) return program;
  }
  return null;
}

/**
 * The build that was installed with vsr; `null` where it cannot run here. npm may have skipped the
 * script that makes it executable.
 */
async function embedded(name: ProgramName): Promise<Program | null> {
  try {
    const { default: found } =
      name === 'ffmpeg'
        ? await import('@ffmpeg-installer/ffmpeg')
        : await import('@ffprobe-installer/ffprobe');
    if (!(await canRun(found.path))) await chmod(found.path, 0o755);
    return await ask(found.path);
  } catch {
    return null; // It is not installed for this platform, or cannot run here.
  }
}

/** Why a file is no program, in a sentence; `null` where it may be one. */
async function whyNoProgram(name: ProgramName, file: string): Promise<string | null> {
  const stats = await stat(file).catch(() => null);
  if (stats === null) return 'There is no such file.';
  if (stats.isDirectory()) {
    return `It is a folder. Name the program in it, ${path.join(file, name)}.`;
  }
  if (!stats.isFile()) return 'It is no file.';
  return (await canRun(file)) ? null : 'It is no program: the system may not run that file.';
}

/** The program that the user named. Throws where it cannot be used; no other is tried then. */
async function named(name: ProgramName, file: string, by: string): Promise<Program> {
  const refused = (why: string, cause?: unknown): VsrError =>
    unusable(`a working ${name}`, by, file, why, { cause });
  const full = path.resolve(file);
  const why = await whyNoProgram(name, full);
  if (why !== null) throw refused(why);
  try {
    return await ask(full);
  } catch (error) {
    throw refused(messageOf(error), error);
  }
}

type Found = { readonly program: Program; readonly from: Ffmpeg['from'] };

async function find(name: ProgramName, option: string | undefined): Promise<Found> {
  if (option !== undefined) {
    return { program: await named(name, option, `--${name}`), from: 'option' };
  }
  for (const variable of environmentNames[name]) {
    const file = process.env[variable];
    if (file) return { program: await named(name, file, variable), from: 'environment' };
  }
  const [theirs, ours] = await Promise.all([onPath(name), embedded(name)]);
  if (theirs !== null && (ours === null || isNewer(theirs, ours))) {
    return { program: theirs, from: 'path' };
  }
  if (ours !== null) return { program: ours, from: 'embedded' };
  throw new VsrError(
    'media',
    `No ${name} was found: none on PATH, and the embedded one is not installed for ${process.platform}-${process.arch}. Install ffmpeg, or name it with --${name} or ${environmentNames[name][0]}.`,
  );
}

/** The ffprobe in the folder of an ffmpeg, which is of the same build and reads files alike. */
async function besideOf(ffmpeg: string): Promise<string | undefined> {
  const file = path.join(
    path.dirname(ffmpeg),
    process.platform === 'win32' ? 'ffprobe.exe' : 'ffprobe',
  );
  return (await canRun(file)) ? file : undefined;
}

/**
 * Finds ffmpeg and ffprobe: those in `choice`, otherwise those in the environment
 * (`environmentNames`), otherwise those on PATH if they are newer than the embedded ones, otherwise
 * the embedded ones. If no ffprobe is named, one in the folder of the ffmpeg comes first.
 *
 * Throws `VsrError('media')` for a named one that does not work, and if there is none.
 */
export async function locateFfmpeg(
  choice: { readonly ffmpeg?: string | undefined; readonly ffprobe?: string | undefined } = {},
): Promise<Ffmpeg> {
  const { program, from } = await find('ffmpeg', choice.ffmpeg);
  const asked =
    choice.ffprobe !== undefined || environmentNames.ffprobe.some((n) => process.env[n]);
  const beside = asked ? undefined : await besideOf(program.path);
  const probe =
    beside === undefined
      ? (await find('ffprobe', choice.ffprobe)).program
      : await named('ffprobe', beside, '--ffmpeg');
  return {
    ffmpeg: program.path,
    ffprobe: probe.path,
    version: program.version,
    build: program.build,
    libavcodec: program.age[0],
    from,
  };
}

/**
 * Output options by which this ffmpeg passes every frame once, with its own timestamp.
 */
export function everyFrame(ffmpeg: Ffmpeg): readonly string[] {
  // -fps_mode came with 5.1, since when -vsync is deprecated.
  return [ffmpeg.libavcodec >= 60 ? '-fps_mode' : '-vsync', 'passthrough'];
}
