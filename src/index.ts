/**
 * vsr as a library. Nothing here prints or ends the process; every failure that a caller can act on
 * is a `VsrError`.
 */
export { exitCodeOf, VsrError, type VsrErrorCode } from './errors.js';
export {
  openFrameLog,
  readFrameLog,
  type FrameLog,
  type FrameRow,
  type LogSummary,
} from './metrics/frame-log.js';
export { psnr } from './metrics/psnr.js';
export { readSidecar, type Sidecar } from './metrics/sidecar.js';
export { catalogue, type CatalogueEntry } from './model/catalogue/catalogue.js';
export type { JobPlan } from './upscale/plan/job-plan.js';
export type { UpscaleOptions } from './upscale/plan/options.js';
export type { Progress } from './upscale/segments/progress.js';
export type { StillPlan } from './upscale/plan/still-plan.js';
export { upscale, type Outcome, type UpscaleEvent } from './upscale/upscale.js';
export { version } from './version.js';
