import { VsrError } from '../../errors.js';
import { encoderFacts, isUsualEncoder } from '../formats/encoders.js';
import {
  hardwareEncoder,
  hardwareKinds,
  hardwareOf,
  type EncoderChoice,
  type HardwareKind,
} from '../formats/hardware.js';
import type { Takes } from '../output/muxer-trial.js';
import { planOutput, type OutputPlan, type OutputRequest } from '../output/output-plan.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import { capabilities } from '../program/capabilities.js';
import type { Source } from '../source/source.js';
import { checkEncoder, type EncoderCheck } from './encoder-check.js';

/** A clip, and what was asked for its output. */
type OutputWish = {
  readonly source: Source;
  readonly request: OutputRequest;
  /** Whether software or hardware is to encode the video. */
  readonly encoder: EncoderChoice;
  readonly takes: Takes;
  readonly signal: AbortSignal;
};

/** A plan with a hardware encoder, or why there is none, for the end of a sentence. */
type Attempt = { readonly plan: OutputPlan } | { readonly why: string };

/** Adds to a plan the announcement of what its trial has shown to be lost. */
function withLosses(
  plan: OutputPlan,
  { lost }: Extract<EncoderCheck, { lost: unknown }>,
): OutputPlan {
  if (lost.length === 0) return plan;
  const losses = {
    kind: 'missing',
    what: `the mark of the colours (${lost.join(', ')})`,
    why: `${plan.encoder} in ${plan.extension} does not keep it`,
  } as const;
  return { ...plan, announcements: [...plan.announcements, losses] };
}

/** Plans the output with one kind of hardware in place of the software encoder of `software`. */
async function attempt(
  ffmpeg: Ffmpeg,
  kind: HardwareKind,
  software: OutputPlan,
  { source, request, takes, signal }: OutputWish,
): Promise<Attempt> {
  const { codec } = software;
  const encoder = hardwareEncoder(kind, codec);
  if (encoder === null) return { why: `${kind} makes no ${codec}` };
  if (!(await capabilities(ffmpeg, 'encoders')).has(encoder)) {
    return { why: `this ffmpeg has no ${encoder}` };
  }
  try {
    const plan = await planOutput(ffmpeg, source, { ...request, codec, encoder }, takes);
    if (plan.pixelFormat !== software.pixelFormat) {
      const kept = `${plan.pixelFormat}, ${software.encoder} ${software.pixelFormat}`;
      return { why: `${encoder} would keep ${kept}` };
    }
    const check = await checkEncoder(ffmpeg, plan, signal);
    if ('why' in check) return { why: `${encoder} does not start: ${check.why}` };
    return { plan: withLosses(plan, check) };
  } catch (error) {
    if (!(error instanceof VsrError) || error.code !== 'option') throw error;
    return { why: error.message.replace(/\.$/, '') };
  }
}

/** Plans the output with the first kind of hardware whose trial succeeds, otherwise in software. */
async function planWithHardware(
  ffmpeg: Ffmpeg,
  kinds: readonly HardwareKind[],
  wish: OutputWish,
): Promise<OutputPlan> {
  const { crf, preset, ...plain } = wish.request;
  const software = await planOutput(ffmpeg, wish.source, plain, wish.takes);
  const reasons: string[] = [];
  for (const kind of kinds) {
    const tried = await attempt(ffmpeg, kind, software, wish);
    if ('plan' in tried) return tried.plan;
    reasons.push(tried.why);
  }
  // A --crf or --preset for hardware is passed to the software encoder only where it has such a
  // one.
  const { quality, presets = [] } = encoderFacts(software.encoder)!;
  const isQuality =
    crf !== undefined && quality !== null && crf >= quality.from && crf <= quality.to;
  const kept = {
    ...(isQuality ? { crf } : {}),
    ...(preset !== undefined && presets.includes(preset) ? { preset } : {}),
  };
  const plan = await planOutput(ffmpeg, wish.source, { ...plain, ...kept }, wish.takes);
  const note = {
    kind: 'note',
    what: `the video is encoded in software, by ${plan.encoder}`,
    why: reasons.join('; '),
  } as const;
  return { ...plan, announcements: [...plan.announcements, note] };
}

/**
 * Plans the output as `planOutput` does, and tries the encoder on a few frames where it is not one
 * that vsr chooses itself. If a kind of hardware fails, software takes its place, which is
 * announced. If an encoder fails that was asked for by its own name, a VsrError is thrown: `media`
 * for a hardware encoder, which may start another day, otherwise `option`.
 */
export async function planTriedOutput(ffmpeg: Ffmpeg, wish: OutputWish): Promise<OutputPlan> {
  const { source, request, encoder, takes, signal } = wish;
  if (encoder !== 'software') {
    return planWithHardware(ffmpeg, encoder === 'auto' ? hardwareKinds : [encoder], wish);
  }
  const plan = await planOutput(ffmpeg, source, request, takes);
  if (isUsualEncoder(plan.encoder)) return plan;
  const check = await checkEncoder(ffmpeg, plan, signal);
  if ('lost' in check) return withLosses(plan, check);
  const code = hardwareOf(plan.encoder) === null ? 'option' : 'media';
  const advice =
    code === 'media'
      ? `--encoder ${hardwareOf(plan.encoder)} falls back to software.`
      : 'Try another --codec.';
  throw new VsrError(
    code,
    `Expected ${plan.encoder} to encode a few frames of this size, format, colour and rate for ${plan.extension}, but it does not: ${check.why}. ${advice}`,
  );
}
