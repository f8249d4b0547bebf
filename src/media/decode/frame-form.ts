import type { VideoStream } from '../source/source.js';

/** Properties that can change within a stream, but that an output can state only once. */
export const formProperties = [
  'range',
  'matrix',
  'primaries',
  'transfer',
  'aspect',
  'format',
] as const;
export type FormProperty = (typeof formProperties)[number];

/** The form of one decoded frame, in ffmpeg's names; `null` for what the frame does not state. */
export type FrameForm = Readonly<Record<FormProperty, string | null>>;

/** A change of one property within a stream. */
export type FormChange = {
  /** The first frame with the new value, from 0. */
  readonly frame: number;
  /** That frame's time, in ticks. */
  readonly pts: number;
  readonly what: FormProperty;
  /** The new value; `null` where the frame states none. */
  readonly to: string | null;
};

const known = (text: string | undefined): string | null =>
  text === undefined || /^(?:unknown|unspecified|reserved|0[/:]1|1[/:]1)$/.test(text) ? null : text;

/** Older decoders have pixel formats of their own for full range, which counts as range here. */
const plainFormat = (name: string | undefined): string | null =>
  name?.replace('yuvj', 'yuv') ?? null;

/** The part of a form that is in showinfo's first line about a frame. */
export function formOfLine(line: string): FrameForm {
  const value = (name: string): string | undefined => new RegExp(` ${name}:(\\S+)`).exec(line)?.[1];
  const format = value('fmt');
  return {
    ...{ matrix: null, primaries: null, transfer: null },
    range: format?.startsWith('yuvj') === true ? 'pc' : null,
    aspect: known(value('sar')),
    format: plainFormat(format),
  };
}

/** `form` with the colours in showinfo's second line; `null` where `line` is no such line. */
export function withColours(form: FrameForm, line: string): FrameForm | null {
  const match = /color_range:(\S+) color_space:(\S+) color_primaries:(\S+) color_trc:(\S+)/.exec(
    line,
  );
  if (match === null) return null;
  const [range, matrix, primaries, transfer] = match.slice(1).map(known) as [
    ...[string | null, string | null, string | null, string | null],
  ];
  return { ...form, range: range ?? form.range, matrix, primaries, transfer };
}

/** How many changes are kept: a broken stream can change at every frame. */
const mostChanges = 100;

/** Notices at which frames of one run of the decoder the form changes. */
export class FormWatch {
  readonly changes: FormChange[] = [];
  readonly #properties: readonly FormProperty[];
  /** The form of the frame before; `null` before the first frame of a run from the beginning. */
  #form: FrameForm | null;

  /**
   * The first frame of a run that begins in the middle of `video` is compared with what the stream
   * was found to be at its beginning.
   */
  constructor(video: VideoStream, fromStart: boolean) {
    // RGB is converted to fixed colours, whatever the frames state.
    const isRgb = video.conversion === 'rgb';
    this.#properties = formProperties.filter(
      (name) => !isRgb || name === 'aspect' || name === 'format',
    );
    const { range, matrix, primaries, transfer } = video.colour;
    const { sampleAspect, sourceFormat } = video;
    this.#form = fromStart
      ? null
      : {
          ...{ range, matrix, primaries, transfer },
          aspect: sampleAspect === null ? null : `${sampleAspect.num}/${sampleAspect.den}`,
          format: plainFormat(sourceFormat),
        };
    this.#isFromFrame = fromStart;
  }

  /** Whether `#form` is a frame's; otherwise a part of it may be from the container. */
  #isFromFrame: boolean;

  /** Must be called with the form of every frame, in order. */
  next(frame: number, pts: number, form: FrameForm): void {
    const before = this.#form;
    for (const what of this.#properties) {
      const to = form[what];
      if (before === null || to === before[what]) continue;
      // The container may state what frames do not.
      if (!this.#isFromFrame && to === null) continue;
      if (this.changes.length < mostChanges) this.changes.push({ frame, pts, what, to });
    }
    this.#form = form;
    this.#isFromFrame = true;
  }
}
