import type { VideoStream } from '../source/source.js';

/** What a stream can change in its middle that an output says once for all. */
export const formProperties = [
  'range',
  'matrix',
  'primaries',
  'transfer',
  'aspect',
  'format',
] as const;
export type FormProperty = (typeof formProperties)[number];

/** What one decoded frame says of its numbers, in ffmpeg's names; `null` for nothing. */
export type FrameForm = Readonly<Record<FormProperty, string | null>>;

/** From `frame` on, at `pts` ticks, a stream says `to` where it said something else before. */
export type FormChange = {
  readonly frame: number;
  readonly pts: number;
  readonly what: FormProperty;
  readonly to: string | null;
};

const known = (text: string | undefined): string | null =>
  text === undefined || /^(?:unknown|unspecified|reserved|0[/:]1|1[/:]1)$/.test(text) ? null : text;

/** Full range has pixel formats of its own in older decoders: it is told apart as range. */
const plainFormat = (name: string | undefined): string | null =>
  name?.replace('yuvj', 'yuv') ?? null;

/** The part of a form that stands in showinfo's first line on a frame. */
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

/** `form` with what showinfo's line on colours says; `null` where `line` is no such line. */
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

/** More than a viewer would count: a broken stream can change at every frame. */
const mostChanges = 100;

/** Tells at which frames of one run of the decoder their form changes. */
export class FormWatch {
  readonly changes: FormChange[] = [];
  readonly #properties: readonly FormProperty[];
  /** What was said last; `null` before the first frame of a run from the beginning. */
  #form: FrameForm | null;

  /**
   * A run that begins in the middle of `video` compares its first frames with what was seen at the
   * beginning.
   */
  constructor(video: VideoStream, fromStart: boolean) {
    // Of RGB the colours are made anew, from whatever it says.
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
    this.#isAsked = fromStart;
  }

  /** Whether what was said last came from frames, and not from a container in part. */
  #isAsked: boolean;

  /** To be called with the form of every frame, in order. */
  next(frame: number, pts: number, form: FrameForm): void {
    const before = this.#form;
    for (const what of this.#properties) {
      const to = form[what];
      if (before === null || to === before[what]) continue;
      // The container may have said what the frames do not.
      if (!this.#isAsked && to === null) continue;
      if (this.changes.length < mostChanges) this.changes.push({ frame, pts, what, to });
    }
    this.#form = form;
    this.#isAsked = true;
  }
}
