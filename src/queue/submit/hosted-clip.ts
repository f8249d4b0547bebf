import { realpath } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import type { FileRequest, FileResult } from '../../upscale/file-request.js';
import { expectedFrames } from '../../upscale/plan/expected-frames.js';
import { isUnchanged, type FileStamp } from '../../upscale/plan/identity.js';
import type { JobPlan } from '../../upscale/plan/job-plan.js';
import { probeInput } from '../../upscale/plan/probe-input.js';
import type { LockedWorkFolder } from '../../upscale/segments/work-folder.js';
import { joinFile, upscaleFile } from '../../upscale/upscale-file.js';
import type { ClipRef } from '../job/payload.js';
import { sharedRoot, type Share } from '../job/share.js';
import type { Naming, Wish } from '../job/wish.js';
import type { OfferedFile } from '../offer/offered-clip.js';
import type { Serving, ShareServer } from '../offer/share-server.js';
import type { RootedPath } from '../roots.js';

/** Bytes per pixel in any format, at most: four planes of 16-bit samples. */
const mostPixelBytes = 8;
/** Bytes of a row of the log, at most. */
const mostRowBytes = 4096;
/** Frames that are assumed, at most, of a clip of unknown length. */
const unknownFrames = 10_000_000;

/** The ending of a file where a shared file's name may have it; otherwise nothing. */
function endingOf(file: string): string {
  const ending = path.extname(file);
  return /^\.[A-Za-z0-9]{1,16}$/.test(ending) ? ending : '';
}

/** Gives the files of one clip names for workers, and remembers which file has which. */
class SharedNames implements Naming {
  readonly #files: OfferedFile[] = [];

  get files(): readonly OfferedFile[] {
    return this.#files;
  }

  async toShared(file: string, what: string): Promise<RootedPath> {
    const name = `${what}${this.#files.length}${endingOf(file)}`;
    this.#files.push({ name, path: await realpath(file) });
    return { root: sharedRoot, path: name };
  }
}

/** The names of a clip that is served: those for people, and those that its workers use. */
export async function sharedPlaceOf(plan: JobPlan) {
  const naming = new SharedNames();
  await naming.toShared(plan.input, 'source');
  const { output, log } = plan.paths;
  // These paths only show people which clip it is, and make its name in the queue unique.
  const shown = (file: string): RootedPath => ({
    root: sharedRoot,
    path: `${os.hostname()}${path.resolve(file).split(path.sep).join('/')}`,
  });
  const place: Omit<ClipRef, 'clip'> = {
    input: shown(plan.input),
    output: shown(output),
    job: plan.job,
  };
  return {
    ...{ place, naming },
    log: log === null ? null : { root: sharedRoot, path: `log${endingOf(log)}` },
  };
}

/** Everything that is needed to serve a clip. */
type Hosting = {
  readonly plan: JobPlan;
  /** The state of the source file when the clip was planned. */
  readonly stamp: FileStamp;
  readonly folder: LockedWorkFolder;
  readonly wish: Wish;
  readonly files: readonly OfferedFile[];
};

/**
 * A clip that this process serves and joins, and whose work folder it holds locked. Disposing stops
 * serving it and releases the folder.
 */
export class HostedClip implements AsyncDisposable {
  readonly #folder: LockedWorkFolder;
  readonly #serving: Serving;
  readonly #plan: JobPlan;
  readonly #stamp: FileStamp;

  private constructor({ plan, stamp, folder }: Hosting, serving: Serving) {
    this.#plan = plan;
    this.#stamp = stamp;
    this.#folder = folder;
    this.#serving = serving;
  }

  static async open(server: ShareServer, clip: string, hosting: Hosting): Promise<HostedClip> {
    const { plan, folder, wish, files } = hosting;
    const { width, height } = plan.enlarged;
    // Where every field becomes a frame, there are twice as many frames as expected.
    const frames = 1000 + 2 * (expectedFrames(plan) ?? unknownFrames);
    const most = {
      video: frames * width * height * mostPixelBytes,
      rows: frames * mostRowBytes,
    };
    const since = new Date().toISOString();
    const serving = await server.offer(clip, { since, wish, files, folder, most });
    return new HostedClip(hosting, serving);
  }

  get share(): Share {
    return this.#serving.share;
  }

  /** Fires when another process has taken the work folder over. */
  get lost(): AbortSignal {
    return this.#folder.lost;
  }

  /**
   * Stops serving the clip and joins it; all of its segments must be there. `since` is when it was
   * submitted, in milliseconds since 1970. Throws VsrError `media` where its source was changed.
   */
  async join(request: FileRequest, clip: string, since: number): Promise<FileResult> {
    await this[Symbol.asyncDispose]();
    const { ffmpeg, input, settings, signal } = request;
    const withoutRestart = { ...settings, restart: false };
    const { job } = this.#plan;
    const joining: FileRequest = {
      ...request,
      settings: withoutRestart,
      claim: () => {},
      onPlan: (plan) => {
        if (plan.job === job) return;
        throw new VsrError(
          'media',
          `${plan.input} was changed while it was being enlarged. Run the command again with --restart.`,
        );
      },
      queue: { id: clip, since },
    };
    if (await isUnchanged(this.#plan.source.path, this.#stamp)) {
      return joinFile(joining, { ...this.#plan, settings: withoutRestart });
    }
    // Perhaps only the file's time has changed: planning the clip again tells (onPlan above).
    const probing = probeInput(ffmpeg, input, settings, signal);
    probing.catch(() => {}); // upscaleFile awaits it, and throws its error.
    return upscaleFile(joining, probing);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#serving[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }
}
