import type { VideoCodec } from './containers.js';

/** Kinds of hardware encoders, by the last part of their names, in the order of trying them. */
export const hardwareKinds = ['nvenc', 'qsv', 'amf', 'videotoolbox', 'vaapi'] as const;
export type HardwareKind = (typeof hardwareKinds)[number];

/** What `--encoder` takes: `auto` is the first of the kinds that starts. */
export const encoderChoices = ['software', 'auto', ...hardwareKinds] as const;
export type EncoderChoice = (typeof encoderChoices)[number];

/** The codecs that each kind encodes and vsr knows how to use. */
const codecsOf: Readonly<Record<HardwareKind, readonly VideoCodec[]>> = {
  nvenc: ['h264', 'hevc', 'av1'],
  qsv: ['h264', 'hevc', 'av1', 'vp9'],
  amf: ['h264', 'hevc', 'av1'],
  videotoolbox: ['h264', 'hevc', 'prores'],
  vaapi: ['h264', 'hevc', 'av1', 'vp9', 'vp8'],
};

/** ffmpeg's name of the encoder of `codec` on a kind of hardware; `null` where there is none. */
export function hardwareEncoder(kind: HardwareKind, codec: VideoCodec): string | null {
  return codecsOf[kind].includes(codec) ? `${codec}_${kind}` : null;
}

/** All hardware encoders. */
export const hardwareEncoders: readonly {
  readonly name: string;
  readonly kind: HardwareKind;
  readonly codec: VideoCodec;
}[] = hardwareKinds.flatMap((kind) =>
  codecsOf[kind].map((codec) => ({ name: `${codec}_${kind}`, kind, codec })),
);

/** The kind of hardware that an encoder runs on; `null` for a software encoder. */
export function hardwareOf(encoder: string): HardwareKind | null {
  return hardwareEncoders.find(({ name }) => name === encoder)?.kind ?? null;
}
