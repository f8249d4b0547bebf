import { hardwareEncoders, type HardwareKind } from './hardware.js';
import { usualCodecs, type UsualCodec, type VideoCodec } from './containers.js';

/** An encoder's own scale of constant quality, which `--crf` takes. */
export type QualityScale = {
  /** The default, which is visually lossless. */
  readonly usual: number;
  /** The least and the greatest value. */
  readonly from: number;
  readonly to: number;
  /** ffmpeg's arguments that set it. */
  readonly words: (quality: number) => readonly string[];
};

/** What planning needs to know of one of ffmpeg's encoders. */
export type EncoderFacts = {
  /** The codec that it makes. */
  readonly codec: VideoCodec;
  /** `null` where it cannot be chosen: the encoder is lossless, or its profile decides. */
  readonly quality: QualityScale | null;
  /** The values of `--preset`; absent where there are none. */
  readonly presets?: readonly string[];
};

/** The encoders of each codec that vsr chooses from, the best one first. */
export const encodersOf: Readonly<Record<UsualCodec, readonly string[]>> = {
  h264: ['libx264'],
  hevc: ['libx265'],
  vp9: ['libvpx-vp9'],
  av1: ['libsvtav1', 'libaom-av1'],
  prores: ['prores_ks'],
  ffv1: ['ffv1'],
};

const scale = (
  [from, usual, to]: readonly [from: number, usual: number, to: number],
  words: (quality: string) => readonly string[],
): QualityScale => ({ from, usual, to, words: (quality) => words(String(quality)) });

const crf = (usual: number, to: number): QualityScale => scale([0, usual, to], (n) => ['-crf', n]);
/** Constant quality of encoders that must be told a bit rate of 0 for it. */
const freeCrf = (usual: number, to: number): QualityScale =>
  scale([0, usual, to], (n) => ['-crf', n, '-b:v', '0']);
/** The quantiser scale of MPEG-4 part 2 and Motion JPEG. */
const quantiser = scale([1, 2, 31], (n) => ['-q:v', n]);

const x264Presets =
  'ultrafast superfast veryfast faster fast medium slow slower veryslow placebo'.split(' ');
const upTo = (most: number): string[] => Array.from({ length: most + 1 }, (_, i) => String(i));

const inSoftware: Readonly<Record<string, EncoderFacts>> = {
  libx264: { codec: 'h264', quality: crf(16, 51), presets: x264Presets },
  libx265: { codec: 'hevc', quality: crf(17, 51), presets: x264Presets },
  'libvpx-vp9': { codec: 'vp9', quality: freeCrf(20, 63), presets: upTo(8) },
  libsvtav1: { codec: 'av1', quality: crf(20, 63), presets: upTo(13) },
  'libaom-av1': { codec: 'av1', quality: freeCrf(20, 63), presets: upTo(8) },
  librav1e: {
    codec: 'av1',
    quality: scale([0, 50, 255], (n) => ['-qp', n]),
    presets: upTo(10),
  },
  // VP8 keeps its constant quality only below a bit rate, so it gets one that it never reaches.
  libvpx: {
    codec: 'vp8',
    quality: scale([0, 6, 63], (n) => ['-crf', n, '-qmin', '0', '-b:v', '500M']),
    presets: upTo(5),
  },
  prores_ks: { codec: 'prores', quality: null },
  prores: { codec: 'prores', quality: null },
  prores_aw: { codec: 'prores', quality: null },
  ffv1: { codec: 'ffv1', quality: null },
  mpeg4: { codec: 'mpeg4', quality: quantiser },
  libxvid: { codec: 'mpeg4', quality: quantiser },
  mjpeg: { codec: 'mjpeg', quality: quantiser },
  dnxhd: { codec: 'dnxhd', quality: null },
  cfhd: { codec: 'cfhd', quality: null },
  v210: { codec: 'v210', quality: null },
  utvideo: { codec: 'utvideo', quality: null },
  ffvhuff: { codec: 'ffvhuff', quality: null },
  huffyuv: { codec: 'huffyuv', quality: null },
  magicyuv: { codec: 'magicyuv', quality: null },
};

/** The constant quality and the presets of each kind of hardware. */
const inHardware: Readonly<
  Record<HardwareKind, (codec: VideoCodec) => Omit<EncoderFacts, 'codec'>>
> = {
  nvenc: () => ({
    // It begins at 1, because 0 would let the encoder choose.
    quality: scale([1, 17, 51], (n) => ['-rc', 'vbr', '-cq', n, '-b:v', '0']),
    presets: ['fast', 'medium', 'slow', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7'],
  }),
  qsv: () => ({
    quality: scale([1, 17, 51], (n) => ['-global_quality', n]),
    presets: ['veryfast', 'faster', 'fast', 'medium', 'slow', 'slower', 'veryslow'],
  }),
  amf: (codec) => ({
    quality: scale([0, 17, codec === 'av1' ? 255 : 51], (n) => [
      '-rc',
      'cqp',
      '-qp_i',
      n,
      '-qp_p',
      n,
    ]),
    presets: ['speed', 'balanced', 'quality'],
  }),
  // On its scale a higher number is better: 100 is best.
  videotoolbox: (codec) => ({
    quality: codec === 'prores' ? null : scale([1, 75, 100], (n) => ['-q:v', n]),
  }),
  vaapi: (codec) => ({
    quality:
      codec === 'h264' || codec === 'hevc'
        ? scale([1, 17, 51], (n) => ['-qp', n])
        : scale([1, 40, 255], (n) => ['-global_quality', n]),
  }),
};

const all: ReadonlyMap<string, EncoderFacts> = new Map([
  ...Object.entries(inSoftware),
  ...hardwareEncoders.map(
    ({ name, kind, codec }) => [name, { codec, ...inHardware[kind](codec) }] as const,
  ),
]);

/** What is known of ffmpeg's encoder of that name; `undefined` for one that vsr does not know. */
export const encoderFacts = (encoder: string): EncoderFacts | undefined => all.get(encoder);

/** Whether the encoder is one of those that vsr chooses itself. */
export const isUsualEncoder = (encoder: string): boolean =>
  Object.values(encodersOf).some((names) => names.includes(encoder));

/** The codec that was asked for, and the encoder, where one was named. */
export type CodecWish = {
  readonly codec: 'auto' | VideoCodec;
  readonly encoder: string | null;
};

/** What a value of `--codec` asks for: a codec, or an encoder by its own name. */
export function codecWish(name: string): CodecWish {
  // A codec's name comes first: `prores` and `ffv1` are names of encoders, too.
  const usual = usualCodecs.find((codec) => codec === name);
  if (usual !== undefined || name === 'auto') return { codec: usual ?? 'auto', encoder: null };
  const facts = encoderFacts(name);
  return { codec: facts?.codec ?? 'auto', encoder: name };
}

/** Encoders with which vsr could not keep its promises, and why. */
const refusals: readonly (readonly [names: RegExp, why: string])[] = [
  [
    /^(?:libx264rgb|qtrle|r10k|r210|avrp|zmbv|flashsv2?|cinepak|rpza|smc|msvideo1|cljr|.*rgb)$/,
    'it takes RGB or its like, and frames never pass through RGB here',
  ],
  [
    /^(?:a?png|gif|bmp|tiff|targa|sgi|pcx|qoi|dpx|exr|fits|libwebp(?:_anim)?|libjxl|jpegls|ljpeg|jpeg2000|libopenjpeg|p[abgpf]m|pgmyuv|phm|x[bw][md]|xface|sunrast|alias_pix|vbn)$/,
    'it makes pictures: -o pictures/f_%04d.png writes numbered ones',
  ],
  [
    /^(?:mpeg[12](?:video|_.*)|dvvideo|speedhq|roqvideo)$/,
    'it knows only a few rates or sizes, so that frames would not keep their own times',
  ],
  [
    /^(?:flv|h26[13]p?|h263_.*|wmv[12]|msmpeg4(?:v2)?|rv[12]0|amv|asv[12]|svq1|snow|libtheora|vc2|a64multi5?)$/,
    'no container that vsr writes is known to keep its times and its colour',
  ],
  [/_(?:v4l2m2m|omx|mediacodec|mf|rkmpp)$/, 'how to set its constant quality is not known'],
  [
    /^(?:rawvideo|wrapped_avframe|ayuv|v308|v408|v410|y41p|yuv4|bitpacked|hap|zlib|avui)$/,
    'ffv1 and utvideo keep every sample in a tenth of the space',
  ],
];

/** Why vsr refuses a value of `--codec`, for the end of a sentence; `null` where it does not. */
export function whyRefused(name: string): string | null {
  return refusals.find(([names]) => names.test(name))?.[1] ?? null;
}

/** Whether vsr knows `name` as a value of `--codec` without asking an ffmpeg. */
export const isKnownCodec = (name: string): boolean =>
  name === 'auto' || usualCodecs.some((codec) => codec === name) || all.has(name);

/** The encoders that can make what `--codec` asks for; for `auto`, all that vsr chooses from. */
export function encodersFor({ codec, encoder }: CodecWish): readonly string[] {
  if (encoder !== null) return [encoder];
  if (codec === 'auto') return Object.values(encodersOf).flat();
  return usualCodecs.includes(codec as UsualCodec) ? encodersOf[codec as UsualCodec] : [];
}

/** Codecs whose files are many times as large as those of H.264. */
export const largeCodecs: ReadonlySet<VideoCodec> = new Set<VideoCodec>([
  ...(['ffv1', 'prores', 'dnxhd', 'cfhd', 'v210'] as const),
  ...(['utvideo', 'ffvhuff', 'huffyuv', 'magicyuv'] as const),
]);
