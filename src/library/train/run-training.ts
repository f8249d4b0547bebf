import { lossText } from '../../training/gradient/loss.js';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import type { Tell } from '../../events.js';
import type { ModelCard } from '../../model/catalogue/card.js';
import { lineChart } from '../../report/line-chart.js';
import { contactSheet } from '../../training/validation/contact-sheet.js';
import type { PictureScore } from '../../training/gradient/messages.js';
import {
  appendMetrics,
  readMetrics,
  startMetrics,
  type TrainMetrics,
} from '../../training/saved/metrics-file.js';
import type { Picture } from '../../training/pictures/picture.js';
import type { TrainPlan } from '../../training/plan/plan.js';
import { train } from '../../training/trainer.js';
import { trainingFiles } from '../../training/saved/training-folder.js';
import { writeModel } from '../../training/saved/write-model.js';
import { version } from '../../version.js';
import { showTime } from '../../show-time.js';

/** Where the words of a run go. */
export type TrainingDisplay = {
  /** A line that stays. */
  readonly say: (line: string) => void;
  /** The progress line, which the next one replaces. */
  readonly progress: (line: string) => void;
};

/** How a planned run goes. */
export type RunOptions = {
  /** Name of the model, for its card. */
  readonly name: string;
  readonly display: TrainingDisplay;
  readonly tell?: Tell<TrainingResult> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Figures of the weights to write, for the card. */
  readonly measure?: (weights: Float32Array) => Promise<ModelCard['figures']>;
};

/** What became of a run. */
export type TrainingResult = {
  readonly card: ModelCard;
  /** Files that were passed over: unreadable, or smaller than a patch. */
  readonly skipped: { readonly unreadable: number; readonly tooSmall: number };
  /** Of the weights written, on the validation pictures; NaN without any. */
  readonly psnr: number;
  readonly bicubicPsnr: number;
  /** The same weights on the test part, as in the card; `null` without any. */
  readonly test: NonNullable<ModelCard['test']> | null;
};

/** Files named in full when they cannot be used; of the rest only the number is told. */
const mostNamed = 10;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function metricsOf(
  event: Pick<TrainMetrics, 'step' | 'loss' | 'rate' | 'stepsPerSecond' | 'psnr'>,
  scores: readonly PictureScore[],
): TrainMetrics {
  const { step, loss, rate, stepsPerSecond, psnr } = event;
  return {
    ...{ step, loss, rate, psnr, stepsPerSecond },
    ssim: mean(scores.map((score) => score.ssim)),
    bicubicPsnr: mean(scores.map((score) => score.bicubicPsnr)),
    bicubicSsim: mean(scores.map((score) => score.bicubicSsim)),
  };
}

/** Mean figures over the test part; `undefined` where none of it could be measured. */
function testFigures(scores: readonly PictureScore[]): ModelCard['test'] {
  if (scores.length === 0) return undefined;
  return {
    pictures: scores.length,
    psnr: mean(scores.map(({ psnr }) => psnr)),
    ssim: mean(scores.map(({ ssim }) => ssim)),
    bicubicPsnr: mean(scores.map(({ bicubicPsnr }) => bicubicPsnr)),
  };
}

/** What the test part came to, in words. */
function testLine({ test: { length } }: TrainPlan, test: ModelCard['test']): string {
  if (test === undefined) return `None of the ${length} files of the test part could be measured.`;
  const { pictures, psnr, ssim, bicubicPsnr } = test;
  return `Test part, ${pictures} of ${length} files: ${psnr.toFixed(2)} dB (bicubic ${bicubicPsnr.toFixed(2)}), SSIM ${ssim.toFixed(4)}.`;
}

/** The curves of a run as SVG files in its work folder: loss.svg and psnr.svg. */
async function drawCurves(
  folder: string,
  lossName: string,
  rows: readonly TrainMetrics[],
): Promise<void> {
  const line = (name: string, key: keyof TrainMetrics, dashed = false) => ({
    ...{ name, dashed },
    points: rows.map((row) => [row.step, row[key]] as const),
  });
  const loss = lineChart({
    ...{
      title: 'Training loss',
      xLabel: 'step',
      yLabel: `${lossName}, samples from 0 to 1`,
      logarithmicY: true,
    },
    series: [line('loss', 'loss')],
  });
  const psnr = lineChart({
    ...{ title: 'Validation pictures', xLabel: 'step', yLabel: 'mean Y-PSNR, dB' },
    series: [line('network', 'psnr'), line('bicubic', 'bicubicPsnr', true)],
  });
  await writeFile(path.join(folder, trainingFiles.lossCurve), loss);
  await writeFile(path.join(folder, trainingFiles.psnrCurve), psnr);
}

/**
 * Trains as planned and keeps everything a run leaves behind: metrics.csv, loss.svg, psnr.svg and
 * sheet.png in the work folder, at the end the model and its card (with figures from `measure`).
 */
export async function runTraining(
  plan: TrainPlan,
  { name, display, tell = () => {}, signal, measure }: RunOptions,
): Promise<TrainingResult> {
  const { network, workFolder, steps } = plan;
  const clip = plan.out;
  tell({ event: 'start', command: 'train', vsr: version(), clips: [clip] });
  tell({
    ...{ event: 'plan', clip, output: clip, frames: steps, finished: false },
    facts: { arch: network.arch, scale: network.scale, workFolder },
  });
  const metricsFile = path.join(workFolder, trainingFiles.metrics);
  const skipped = { unreadable: 0, tooSmall: 0 };
  const named = new Set<string>();
  let rows: TrainMetrics[] = [];
  let pictures: readonly Picture[] = [];
  let best: TrainMetrics | undefined;

  for await (const event of train(plan, signal)) {
    switch (event.kind) {
      case 'skipped':
        // A file comes round again in every pass and size; it is told and counted once.
        if (named.has(event.reason)) break;
        named.add(event.reason);
        skipped[event.why === 'unreadable' ? 'unreadable' : 'tooSmall']++;
        tell({ event: 'note', clip, kind: 'note', what: 'skipped', why: event.reason });
        if (named.size <= mostNamed) display.say(`Skipped: ${event.reason}`);
        if (named.size === mostNamed)
          display.say('Further files that are skipped are only counted.');
        break;
      case 'started':
        pictures = event.validation;
        rows = plan.resume ? await readMetrics(metricsFile, event.step) : [];
        best = rows.reduce<TrainMetrics | undefined>(
          (top, row) => (top === undefined || row.psnr > top.psnr ? row : top),
          undefined,
        );
        await startMetrics(metricsFile, rows);
        display.say(
          `${event.pictures} pictures in memory, ${event.validation.length} to validate with${event.step > 0 ? `; going on after step ${event.step}` : ''}.`,
        );
        break;
      case 'progress': {
        const { step, loss, rate, stepsPerSecond } = event;
        const left = showTime((steps - step) / stepsPerSecond);
        tell({
          ...{ event: 'progress', clip, output: clip, stage: 'train', frames: step, of: steps },
          ...{ fps: stepsPerSecond, eta: (steps - step) / stepsPerSecond },
          psnr: best === undefined || Number.isNaN(best.psnr) ? null : best.psnr,
        });
        const figures = best === undefined ? '' : `, best ${best.psnr.toFixed(2)} dB`;
        display.progress(
          `step ${step} of ${steps}, loss ${loss.toExponential(2)}, rate ${rate.toExponential(1)}${figures}, ${stepsPerSecond.toFixed(1)} steps/s, ${left} left`,
        );
        break;
      }
      case 'validated': {
        const row = metricsOf(event, event.scores);
        if (event.best) best = row;
        rows.push(row);
        await appendMetrics(metricsFile, row);
        await drawCurves(workFolder, lossText(plan.loss), rows);
        if (event.scores.length === 0) break;
        const { step, psnr, ssim, bicubicPsnr, bicubicSsim } = row;
        display.say(
          `step ${step}: ${psnr.toFixed(2)} dB (bicubic ${bicubicPsnr.toFixed(2)}), SSIM ${ssim.toFixed(4)} (${bicubicSsim.toFixed(4)})${event.best ? ', the best so far' : ''}`,
        );
        break;
      }
      case 'finished': {
        const sheet = await contactSheet(network, event.best, pictures);
        await writeFile(path.join(workFolder, trainingFiles.sheet), sheet);
        const curve = rows.map(({ step, loss, psnr }) => ({ step, loss, psnr }));
        const figures = (await measure?.(event.best)) ?? {};
        const test = testFigures(event.test);
        const extras = { name, figures, curve, ...(test === undefined ? {} : { test }) };
        const card = await writeModel(plan, event.best, extras);
        if (plan.test.length > 0) display.say(testLine(plan, test));
        const psnr = best?.psnr ?? NaN;
        const bicubicPsnr = best?.bicubicPsnr ?? NaN;
        const summary = { card, skipped, psnr, bicubicPsnr, test: test ?? null };
        tell({ event: 'done', clip, status: 'done', output: clip, summary });
        return summary;
      }
    }
  }
  throw new VsrError('interrupted', 'Training stopped before its end.');
}
