import { rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { exists } from '../../files/what-is-there.js';

/** The folder in the work folder that holds the frames of clips named as training data. */
export const framesFolder = 'frames';

/** What a call may make before it is known whether there will be a training. */
export type MadeReady = {
  /**
   * Removes what the call made, since a refused training is to leave nothing. With `keepFrames`,
   * the frames of clips stay, so that the same call can go on with them.
   */
  clear(wish: { readonly keepFrames: boolean }): Promise<void>;
};

/** Notes which parts of a work folder exist before a call begins. */
export async function beforeTraining(workFolder: string): Promise<MadeReady> {
  const frames = path.join(workFolder, framesFolder);
  const hadFrames = await exists(frames);
  const missing: string[] = [];
  for (let each = path.resolve(workFolder); !(await exists(each)); each = path.dirname(each)) {
    missing.push(each);
  }
  return {
    async clear({ keepFrames }) {
      if (!hadFrames && !keepFrames && (await exists(frames))) {
        await rm(frames, { recursive: true });
      }
      // A folder that holds something else by now is not removed, and neither are its parents.
      for (const folder of missing) await rmdir(folder).catch(() => {});
    },
  };
}
