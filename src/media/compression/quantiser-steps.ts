/** What is known of a stream from the headers that came before. */
type HeaderFields = {
  /** H.264 and HEVC: what slices state their quantiser relative to. */
  initialQp: number;
  /** MPEG-2: codes stand for unevenly spaced scales. */
  uneven: boolean;
  /** JPEG: the number of the table whose values follow, and how many came. */
  table: number;
};

/** `[trace_headers @ 0x55b3] 30   slice_qp_delta   010 = 1`, as every build of ffmpeg prints it. */
const field = /^\[\w+ @ (0x[0-9a-f]+)\] \d+\s+(\S+)\s+[01]+ = (-?\d+)$/;

/** What the decoders of the MPEG-4 family print of each picture. */
const pictureQp = /^\[\w+ @ 0x[0-9a-f]+\] qp:(\d+) fc:/;

/** Codecs whose headers `trace_headers` prints. */
const traced = ['h264', 'hevc', 'mpeg2video', 'mjpeg', 'vp9', 'av1'] as const;

/** Codecs whose decoders print the quantiser of each picture. */
const printed = ['mpeg4'] as const;

/** How ffmpeg tells the quantiser of a codec: by its headers, by its decoder, or not at all. */
export function quantiserSource(codec: string): 'headers' | 'decoder' | null {
  if ((traced as readonly string[]).includes(codec)) return 'headers';
  return (printed as readonly string[]).includes(codec) ? 'decoder' : null;
}

/** The coefficients of a JPEG table, in zigzag order, that hold what shows most: no constant. */
const [firstShown, lastShown] = [1, 9];

/** H.264's and HEVC's step doubles every six; 4 means one grey level. */
function stepOfQp(qp: number): number {
  return 2 ** ((qp - 4) / 6);
}

/** MPEG-2's scale of a code where they are unevenly spaced (ISO 13818-2, table 7-6). */
function unevenScale(code: number): number {
  if (code <= 8) return code;
  if (code <= 16) return 2 * code - 8;
  return code <= 24 ? 4 * code - 40 : 8 * code - 136;
}

/**
 * VP9's and AV1's step of an index, 0 to 255: one more an index at first, then growing by 1.8 %
 * (the tables of both, to within 12 %), in eighths of a grey level.
 */
function stepOfIndex(index: number): number {
  const linear = 94;
  const value = 8 + Math.min(index, linear);
  return (value * Math.exp(Math.max(0, index - linear) * 0.01793)) / 8;
}

/**
 * Collects from the lines that ffmpeg prints how coarsely a clip is quantised. Steps are those of
 * an orthonormal transform of 8-bit samples: in grey levels, whatever the codec.
 */
export class QuantiserSteps {
  readonly #streams = new Map<string, HeaderFields>();
  #sum = 0;
  #count = 0;

  /** Takes one line of ffmpeg's log; lines about anything else are passed over. */
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

  /** The geometric mean of all steps seen; `null` where there were none. */
  get mean(): number | null {
    return this.#count === 0 ? null : 2 ** (this.#sum / this.#count);
  }
}

/** The same mean of a JPEG file's table for luma; `null` for bytes that hold none. */
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

/** Of a segment of tables, each a byte of width and number and 64 values. */
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
