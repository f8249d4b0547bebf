import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isWithoutLinks } from '../../files/place.js';
import type { SegmentRecord } from '../../upscale/segments/segment-record.js';
import type { StoredPlan } from '../../upscale/segments/stored-plan.js';
import { segmentFiles, workFolderOf, type WorkFolder } from '../../upscale/segments/work-folder.js';
import type { SegmentRun } from './payload.js';

/** An incomplete record is removed so often before the disk counts as faulty. */
const mostReplacements = 3;

/** A unique name for one attempt at some segments. */
export function newAttempt(): string {
  return randomBytes(6).toString('hex');
}

/**
 * A work folder in which other machines may be making the same segments. Its plan holds only the
 * segments of `run`. Files are named after this attempt, and the record of a segment is created
 * only once. So a process that goes on late, after a long sleep or a lost connection, cannot change
 * a segment that another one has finished.
 */
export function attachedFolder(
  folder: string,
  plan: StoredPlan,
  run: SegmentRun,
  attempt = newAttempt(),
): WorkFolder {
  const shared = workFolderOf(folder, plan);
  return {
    ...shared,
    plan: { ...plan, segments: plan.segments.slice(run.from, run.to) },
    files: (segment, record) =>
      segmentFiles(folder, segment, record === undefined ? attempt : record.attempt),
    async finish(segment, made) {
      const mine: SegmentRecord = { ...made, attempt };
      const own = segmentFiles(folder, segment, attempt);
      const text = JSON.stringify(mine);
      for (let i = 0; i < mostReplacements; i++) {
        if (await createOnce(own.record, attempt, text)) return mine;
        const theirs = await shared.finished(segment);
        if (theirs !== null) {
          await Promise.all([own.video, own.rows].map((file) => rm(file, { force: true })));
          return theirs;
        }
        await removeBroken(own.record, attempt);
      }
      throw Object.assign(new Error('no record of it stays whole'), {
        code: 'EIO',
        path: own.record,
      });
    },
  };
}

/** Creates `file` with `text` unless it exists; returns whether it was created. */
async function createOnce(file: string, attempt: string, text: string): Promise<boolean> {
  const draft = `${file}.${attempt}.part`;
  await writeFile(draft, text, { flush: true });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    if (!isWithoutLinks(error)) throw error;
    return await createExclusively(file, text);
  } finally {
    await rm(draft, { force: true });
  }
}

/** `createOnce` for file systems without hard links; a crash may leave the record incomplete. */
async function createExclusively(file: string, text: string): Promise<boolean> {
  try {
    await using handle = await open(file, 'wx');
    await handle.writeFile(text);
    await handle.sync();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a record that is incomplete, or whose files are not whole. If another process has put a
 * different one there meanwhile, that one gets its name back.
 */
async function removeBroken(file: string, attempt: string): Promise<void> {
  const broken = await readFile(file, 'utf8').catch(() => null);
  const aside = `${file}.${attempt}.part`;
  try {
    await rename(file, aside);
    if ((await readFile(aside, 'utf8')) !== broken) await link(aside, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
}
