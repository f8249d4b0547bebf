import path from 'node:path';
import { badValue, VsrError } from '../../errors.js';
import type { RawVideoInput } from '../../media/source/source.js';
import type { Ratio } from '../../planes/ratio.js';
import type { UpscaleOptions } from './options.js';

const howToDescribe =
  'is described by --input-format, --input-size and --input-rate (e.g. yuv420p, 352x288, 25)';

/** A frame rate in a text such as `25`, `23.976` or `30000/1001`. Throws VsrError `option`. */
export function parseRate(text: string, option: string): Ratio {
  const match = /^(\d+(?:\.\d+)?)(?:[/:](\d+))?$/.exec(text);
  const [, first = '0', second] = match ?? [];
  // A decimal becomes thousandths: 23.976 is 23976/1000.
  const [num, den] =
    second === undefined
      ? [Math.round(Number(first) * 1000), 1000]
      : [Number(first), Number(second)];
  if (num > 0 && den > 0 && Number.isSafeInteger(num)) return { num, den };
  throw badValue('frames a second such as 25 or 30000/1001', option, text);
}

/**
 * What headerless raw video holds, from the three options that describe it; `null` without any of
 * them. Throws VsrError `option` where some are missing or wrong.
 */
export function rawVideoOf(options: UpscaleOptions): RawVideoInput | null {
  const { inputFormat, inputSize, inputRate } = options;
  if (inputFormat === undefined && inputSize === undefined && inputRate === undefined) return null;
  if (inputFormat === undefined || inputSize === undefined || inputRate === undefined) {
    throw new VsrError(
      'option',
      `Raw video without a header ${howToDescribe}, but received only ${[
        ...(inputFormat === undefined ? [] : [`--input-format ${inputFormat}`]),
        ...(inputSize === undefined ? [] : [`--input-size ${inputSize}`]),
        ...(inputRate === undefined ? [] : [`--input-rate ${inputRate}`]),
      ].join(' and ')}.`,
    );
  }
  const size = /^(\d{1,5})x(\d{1,5})$/.exec(inputSize);
  const [width, height] = [Number(size?.[1] ?? 0), Number(size?.[2] ?? 0)];
  if (width < 1 || height < 1) throw badValue('WIDTHxHEIGHT', '--input-size', inputSize);
  return { format: inputFormat, width, height, rate: parseRate(inputRate, '--input-rate') };
}

/** Throws VsrError `option` for a file whose name says raw video, where no option describes it. */
export function checkDescribed(file: string, raw: RawVideoInput | null): void {
  if (raw !== null || path.extname(file).toLowerCase() !== '.yuv') return;
  throw new VsrError('option', `${file} is raw video without a header: it ${howToDescribe}.`);
}
