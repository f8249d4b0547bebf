/**
 * vsr as a library. Nothing here prints or ends the process; every failure that a caller can act on
 * is a `VsrError`. `docs/library.md` has an example of each.
 */
export { exitCodeOf, VsrError, type ErrorFacts, type VsrErrorCode } from './errors.js';
export type {
  DoneEvent,
  EndEvent,
  Ending,
  FailedEvent,
  JobEvent,
  LongCommand,
  LostEvent,
  NoteEvent,
  Outcome,
  PlanEvent,
  ProgressEvent,
  Stage,
  StartEvent,
  Tell,
  TellProgress,
  VsrEvent,
} from './events.js';
export { PauseControl } from './pause-control.js';

export { plan, type PlannedClip } from './upscale/plan-files.js';
export type { PlannedStream, UpscalePlan } from './upscale/plan-events.js';
export type { UpscaleOptions } from './upscale/plan/options.js';
export { upscale, type UpscaleEvent, type UpscaleOutcome } from './upscale/upscale.js';
export { enlarge, type EnlargeOptions, type PlanarPicture } from './upscale/enlarge.js';

export { blindTest, type BlindTestOptions } from './library/blind-test.js';
export type { BlindTest } from './report/blind/blind.js';
export { compare, type CompareOptions, type Comparison } from './library/compare.js';
export type { ComparedPair } from './report/compare/compare.js';
export { comparePicture, type ComparePictureOptions } from './library/compare-picture.js';
export type { ComparedPicture } from './report/compare/compared-picture.js';
export { evaluate, type EvaluateOptions, type Evaluation } from './library/evaluate.js';
export type { FileEvaluation, Figures } from './report/evaluate/evaluation.js';
export { probe } from './library/probe.js';
export type { Programs } from './library/programs.js';
export type { Colour, Source, StreamInfo, VideoStream } from './media/source/source.js';
export {
  preview,
  type Preview,
  type PreviewedClip,
  type PreviewOptions,
} from './report/preview/preview.js';
export type { PreviewedWay } from './report/preview/preview-clip.js';
export { report, type ReportOptions } from './library/report.js';
export { train } from './library/train/train.js';
export type { TrainingResult } from './library/train/run-training.js';
export type { TrainOptions, TrainSettings } from './library/train/train-options.js';

export { catalogue, type CatalogueEntry } from './model/catalogue/catalogue.js';
export {
  openFrameLog,
  readFrameLog,
  type FrameLog,
  type FrameRow,
  type LogSummary,
} from './metrics/frame-log.js';
export { psnr } from './metrics/psnr.js';
export type { Plane } from './planes/plane.js';
export { readSidecar, type Sidecar } from './metrics/sidecar.js';
export { version } from './version.js';
