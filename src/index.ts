/**
 * vsr as a library. Nothing here prints or ends the process; every failure that a caller can act on
 * is a `VsrError`.
 */
export { exitCodeOf, VsrError, type ErrorFacts, type VsrErrorCode } from './errors.js';
export type * from './events.js';
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
export type { UpscaleOptions } from './upscale/plan/options.js';
export type { UpscalePlan } from './upscale/plan-events.js';
export { upscale, type UpscaleEvent, type UpscaleOutcome } from './upscale/upscale.js';
export { version } from './version.js';
