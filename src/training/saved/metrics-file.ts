import { appendFile, readFile } from 'node:fs/promises';
import { writeWhole } from '../../files/write-whole.js';

/** One validation of a run, a row of `metrics.csv`. */
export type TrainMetrics = {
  /** Steps done. */
  readonly step: number;
  /** Mean training loss since the row before. */
  readonly loss: number;
  readonly rate: number;
  /** Means over the validation pictures, Y-PSNR in dB; NaN without any. */
  readonly psnr: number;
  readonly ssim: number;
  readonly bicubicPsnr: number;
  readonly bicubicSsim: number;
  readonly stepsPerSecond: number;
  /** Share of places on which the discriminator was right since the row before; NaN without one. */
  readonly right: number;
  /** `flat` and `patches` of the card's `white`, for networks on RGB; NaN for luma. */
  readonly whiteFlat: number;
  readonly whitePatches: number;
};

const columns = [
  ['step', 'step'],
  ['loss', 'loss'],
  ['learning_rate', 'rate'],
  ['psnr', 'psnr'],
  ['ssim', 'ssim'],
  ['psnr_bicubic', 'bicubicPsnr'],
  ['ssim_bicubic', 'bicubicSsim'],
  ['steps_per_second', 'stepsPerSecond'],
  ['discriminator_right', 'right'],
  ['white_flat', 'whiteFlat'],
  ['white_patches', 'whitePatches'],
] as const satisfies readonly (readonly [string, keyof TrainMetrics])[];

/** How the first line of a metrics file begins, in every version. */
export const metricsMark = 'step,loss,learning_rate,psnr,';

/** The first line of a metrics file. */
const metricsHeader = `${columns.map(([name]) => name).join(',')}\n`;

function rowOf(metrics: TrainMetrics): string {
  const shown = columns.map(([, key]) => (Number.isNaN(metrics[key]) ? '' : String(metrics[key])));
  return `${shown.join(',')}\n`;
}

/** The rows of a metrics file up to and including `lastStep`; none if there is no file. */
export async function readMetrics(file: string, lastStep = Infinity): Promise<TrainMetrics[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const rows = text
    .split('\n')
    .slice(1)
    .filter((line) => line !== '');
  return rows
    .map((line) => {
      const fields = line.split(',');
      const values = columns.map(([, key], i) => [key, fields[i] ? Number(fields[i]) : NaN]);
      return Object.fromEntries(values) as TrainMetrics;
    })
    .filter(({ step }) => step <= lastStep);
}

/** Starts a metrics file with the rows given. */
export async function startMetrics(file: string, rows: readonly TrainMetrics[]): Promise<void> {
  await writeWhole(file, metricsHeader + rows.map(rowOf).join(''));
}

/** Adds a row. */
export async function appendMetrics(file: string, metrics: TrainMetrics): Promise<void> {
  await appendFile(file, rowOf(metrics));
}
