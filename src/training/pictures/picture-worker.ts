// A thread that makes training pictures ready, one job at a time.
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../errors.js';
import { makePicture, type PictureJob, type PictureResult } from './picture-job.js';

/** What a picture worker answers. */
export type PictureAnswer = PictureResult | { readonly failed: string };

parentPort!.on('message', (job: PictureJob) => {
  makePicture(job)
    .catch((error: unknown): PictureAnswer => ({ failed: messageOf(error) }))
    .then((answer) => parentPort!.postMessage(answer))
    .catch((error: unknown) => {
      throw error;
    });
});
