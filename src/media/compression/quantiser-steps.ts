/** Header fields of a stream that later fields depend on. */
type HeaderFields = {
  /** H.264 and HEVC: the quantiser that slices state theirs relative to. */
  initialQp: number;
  /** MPEG-2: quantiser codes stand for unevenly spaced scales. */
  uneven: boolean;
  /** JPEG: the number of the table whose values follow. */
  table: number;
};

/** A line such as `[trace_headers @ 0x55b3] 30   slice_qp_delta   010 = 1`. */
const field = /^\[\w+ @ (0x[0-9a-f]+)\] \d+\s+(\S+)\s+[01]+ = (-?\d+)$/;

/** What MPEG-4's decoder prints about each picture. */
const pictureQp = /^\[\w+ @ 0x[0-9a-f]+\] qp:(\d+) fc:/;

/** Codecs whose headers `trace_headers` prints. */
const traced = ['h264', 'hevc', 'mpeg2video', 'mjpeg', 'vp9', 'av1'] as const;

/** Codecs whose decoders print the quantiser of each picture. */
const printed = ['mpeg4'] as const;

/** Where ffmpeg shows a codec's quantiser: in its headers, by its decoder, or not at all. */
export function quantiserSource(codec: string): 'headers' | 'decoder' | null {
  if ((traced as readonly string[]).includes(codec)) return 'headers';
  return (printed as readonly string[]).includes(codec) ? 'decoder' : null;
}

/**
 * The entries of a JPEG table that are averaged, in zigzag order: the lowest frequencies, which are
 * the most visible, without the constant part.
 */
const [firstShown, lastShown] = [1, 9];

/** The step of H.264's and HEVC's QP: it doubles with every 6, and QP 4 is one grey level. */
function stepOfQp(qp: number): number {
  return 2 ** ((qp - 4) / 6);
}

/** MPEG-2's quantiser scale of a code where scales are not linear (ISO 13818-2, table 7-6). */
function unevenScale(code: number): number {
  if (code <= 8) return code;
  if (code <= 16) return 2 * code - 8;
  return code <= 24 ? 4 * code - 40 : 8 * code - 136;
}

/**
 * The step, in grey levels, of VP9's and AV1's quantiser index (0 to 255). In eighths of a grey
 * level it grows by 1 per index up to 94, then by 1.8 %, which matches the tables of both codecs
 * to within 12 %.
 */
function stepOfIndex(index: number): number {
  const linear = 94;
  const value = 8 + Math.min(index, linear);
  return (value * Math.exp(Math.max(0, index - linear) * 0.01793)) / 8;
}

/**
 * Collects from ffmpeg's log how coarsely a clip is quantised. Steps are those of an orthonormal
 * transform of 8-bit samples, in grey levels, so that codecs can be compared.
 */
export class QuantiserSteps {
  readonly #streams = new Map<string, HeaderFields>();
  #sum = 0;
  #count = 0;

  /** Takes one line of ffmpeg's log; lines about anything else are ignored. */
  line(text: string): void {
    const printedQp = pictureQp.exec(text)?.[1];
    if (printedQp !== undefined) this.#add(2 * Number(printedQp));
    const [, stream, name, digits] = field.exec(text) ?? [];
    if (stream === undefined) return;
    const known = this.#streams.get(stream) ?? { initialQp: 26, uneven: false, table: 0 };
    this.#streams.set(stream, known);
    this.#field(known, name!, Number(digits));
  }

  #field(known: HeaderFields, name: string, value: number): void {
    switch (name) {
      case 'pic_init_qp_minus26':
      case 'init_qp_minus26':
        known.initialQp = 26 + value;
        return;
      case 'slice_qp_delta':
        return this.#add(stepOfQp(known.initialQp + value));
      case 'q_scale_type':
        known.uneven = value === 1;
        return;
      case 'quantiser_scale_code':
        return this.#add(known.uneven ? unevenScale(value) : 2 * value);
      case 'base_q_idx':
        return this.#add(stepOfIndex(value));
      case 'Tq':
        known.table = value;
        return;
      default: {
        const place = /^Q\[(\d+)\]$/.exec(name)?.[1];
        if (place === undefined || known.table !== 0) return;
        if (Number(place) >= firstShown && Number(place) <= lastShown) this.#add(value);
      }
    }
  }

  #add(step: number): void {
    if (step <= 0) return;
    this.#sum += Math.log2(step);
    this.#count++;
  }

  /** The geometric mean of all steps so far; `null` where there were none. */
  get mean(): number | null {
    return this.#count === 0 ? null : 2 ** (this.#sum / this.#count);
  }
}

/** The geometric mean step of a JPEG file's luma table; `null` where `file` holds no such table. */
export function stepOfJpeg(file: Uint8Array): number | null {
  for (let at = 2; at + 4 <= file.length && file[at] === 0xff;) {
    const marker = file[at + 1]!;
    const end = at + 2 + file[at + 2]! * 256 + file[at + 3]!;
    if (marker === 0xda) return null;
    if (marker === 0xdb) {
      const step = stepOfTables(file.subarray(at + 4, end));
      if (step !== null) return step;
    }
    at = end;
  }
  return null;
}

/** The same of a DQT segment: tables of a byte for width and number, and 64 values. */
function stepOfTables(segment: Uint8Array): number | null {
  for (let at = 0; at < segment.length;) {
    const bytes = segment[at]! >> 4 === 0 ? 1 : 2;
    if ((segment[at]! & 15) === 0 && at + 1 + 64 * bytes <= segment.length) {
      let sum = 0;
      for (let i = firstShown; i <= lastShown; i++) {
        const place = at + 1 + i * bytes;
        const value = bytes === 1 ? segment[place]! : segment[place]! * 256 + segment[place + 1]!;
        sum += Math.log2(Math.max(1, value));
      }
      return 2 ** (sum / (lastShown - firstShown + 1));
    }
    at += 1 + 64 * bytes;
  }
  return null;
}
