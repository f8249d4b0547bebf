import { showBytes } from '../../files/show-bytes.js';
import type { JobEstimate } from '../../upscale/estimate/estimate.js';
import { totalEstimate } from '../../upscale/estimate/total-estimate.js';
import { showEstimate } from '../../show-time.js';

function sizeWords({ outputBytes, neededBytes, freeBytes }: JobEstimate): string[] {
  return [
    outputBytes === null ? 'of unknown size' : `about ${showBytes(outputBytes)}`,
    `${showBytes(neededBytes)} needed meanwhile`,
    ...(freeBytes === null ? [] : [`${showBytes(freeBytes)} free`]),
  ];
}

/** What one job will take, in a line: `about 2:40 on this machine; about 1.2 MB, ...`. */
export function estimateLine(estimate: JobEstimate): string {
  const { seconds } = estimate;
  const time =
    seconds === null ? 'how long it takes is unknown' : `${showEstimate(seconds)} on this machine`;
  return `${time}; ${sizeWords(estimate).join(', ')}`;
}

/** What several jobs will take together, in a line. */
export function totalLine(estimates: readonly JobEstimate[]): string {
  const total = totalEstimate(estimates);
  const { jobs, unknown, frames, seconds } = total;
  const time = seconds === null ? 'how long they take is unknown' : showEstimate(seconds);
  const without = unknown > 0 && seconds !== null ? ` without ${unknown} of unknown length` : '';
  const counted = frames === null ? '' : `, ${frames} frames`;
  return `In all: ${jobs} inputs${counted}; ${time}${without}; ${sizeWords(total).join(', ')}.`;
}
