import { lossText } from '../../training/gradient/loss.js';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { writeWhole } from '../../files/write-whole.js';
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
import { collapseWords, hasCollapsed } from '../../training/validation/collapse.js';
import { contestOutcome, contestWords } from '../../training/validation/contest-outcome.js';
import { type WhiteFigures, whiteWords } from '../../training/gradient/white.js';
import { train } from '../../training/trainer.js';
import type { TrainEvent } from '../../training/train-event.js';
import { mean } from '../../training/training-run.js';
import { trainingFiles } from '../../training/saved/training-folder.js';
import { writeModel } from '../../training/saved/write-model.js';
import { version } from '../../version.js';
import { showTime } from '../../show-time.js';

/** Where a run writes its lines for people. */
export type TrainingDisplay = {
  /** A line that stays. */
  readonly say: (line: string) => void;
  /** The progress line, which the next one replaces. */
  readonly progress: (line: string) => void;
  /** The pictures are read, and nothing was refused: the first step comes next. */
  readonly started?: () => void;
};

/** Options of a planned run. */
export type RunOptions = {
  /** Name of the model, for its card. */
  readonly name: string;
  readonly display: TrainingDisplay;
  readonly tell?: Tell<TrainingResult> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Figures of the weights to write, for the card. */
  readonly measure?: (weights: Float32Array) => Promise<ModelCard['figures']>;
};

/** The result of a run. */
export type TrainingResult = {
  readonly card: ModelCard;
  /** Files that were skipped: unreadable, or smaller than a patch. */
  readonly skipped: { readonly unreadable: number; readonly tooSmall: number };
  /** PSNR of the written weights on the validation pictures; NaN without any. */
  readonly psnr: number;
  readonly bicubicPsnr: number;
  /** Figures of the same weights on the test part, as in the card; `null` without any. */
  readonly test: NonNullable<ModelCard['test']> | null;
};

/** How many unusable files are named; further ones are only counted. */
const mostNamed = 10;

function metricsOf(
  event: Pick<TrainMetrics, 'step' | 'loss' | 'rate' | 'stepsPerSecond' | 'right' | 'psnr'> &
    Pick<EventOf<'validated'>, 'white'>,
  scores: readonly PictureScore[],
): TrainMetrics {
  const { step, loss, rate, stepsPerSecond, right, psnr, white } = event;
  return {
    ...{ step, loss, rate, psnr, stepsPerSecond, right },
    ssim: mean(scores.map((score) => score.ssim)),
    bicubicPsnr: mean(scores.map((score) => score.bicubicPsnr)),
    bicubicSsim: mean(scores.map((score) => score.bicubicSsim)),
    ...{ whiteFlat: white?.flat ?? NaN, whitePatches: white?.patches ?? NaN },
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

/** How far off white and flat colours are, in a few words; empty for networks on luma. */
function whiteShown(white: WhiteFigures | null): string {
  return white === null ? '' : `, white within ${white.flat} and ${white.patches}`;
}

/** The figures of the test part, in words. */
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
  await writeWhole(path.join(folder, trainingFiles.lossCurve), loss);
  await writeWhole(path.join(folder, trainingFiles.psnrCurve), psnr);
}

/**
 * Trains as planned and writes all files of a run: metrics.csv, loss.svg, psnr.svg and sheet.png in
 * the work folder, and at the end the model and its card (with figures from `measure`).
 */
export async function runTraining(plan: TrainPlan, options: RunOptions): Promise<TrainingResult> {
  const run = new RunRecord(plan, options);
  run.begin();
  for await (const event of train(plan, options.signal)) {
    if (event.kind === 'skipped') run.noteSkipped(event);
    else if (event.kind === 'started') await run.noteStart(event);
    else if (event.kind === 'progress') run.showProgress(event);
    else if (event.kind === 'validated') await run.keepValidation(event);
    else return run.finish(event);
  }
  throw new VsrError('interrupted', 'Training stopped before its end.');
}

/** One kind of training event. */
type EventOf<Kind extends TrainEvent['kind']> = Extract<TrainEvent, { readonly kind: Kind }>;

/** Records and reports what happens in one training. */
class RunRecord {
  private readonly plan: TrainPlan;
  private readonly options: RunOptions;
  private readonly display: TrainingDisplay;
  private readonly tell: Tell<TrainingResult>;
  private readonly metricsFile: string;
  private readonly skipped = { unreadable: 0, tooSmall: 0 };
  /** Skipped files that were reported, since each comes again with every pass and size. */
  private readonly named = new Set<string>();
  private rows: TrainMetrics[] = [];
  private pictures: readonly Picture[] = [];
  /** The validation of the weights that would be written now. */
  private kept: TrainMetrics | undefined;
  private hasCollapsed = false;

  constructor(plan: TrainPlan, options: RunOptions) {
    this.plan = plan;
    this.options = options;
    this.display = options.display;
    this.tell = options.tell ?? (() => {});
    this.metricsFile = path.join(plan.workFolder, trainingFiles.metrics);
  }

  begin(): void {
    const { network, workFolder, steps, out: clip } = this.plan;
    this.tell({ event: 'start', command: 'train', vsr: version(), clips: [clip] });
    this.tell({
      ...{ event: 'plan', clip, output: clip, frames: steps, finished: false },
      facts: { arch: network.arch, scale: network.scale, workFolder },
    });
  }

  noteSkipped({ reason, why }: EventOf<'skipped'>): void {
    if (this.named.has(reason)) return;
    this.named.add(reason);
    this.skipped[why === 'unreadable' ? 'unreadable' : 'tooSmall']++;
    this.tell({ event: 'note', clip: this.plan.out, kind: 'note', what: 'skipped', why: reason });
    if (this.named.size <= mostNamed) this.display.say(`Skipped: ${reason}`);
    if (this.named.size === mostNamed)
      this.display.say('Further files that are skipped are only counted.');
  }

  /** A resumed run keeps the earlier figures, up to its checkpoint. */
  async noteStart({ step, pictures, validation }: EventOf<'started'>): Promise<void> {
    this.display.started?.();
    this.pictures = validation;
    this.rows = this.plan.resume ? await readMetrics(this.metricsFile, step) : [];
    this.kept = this.plan.keep === 'last' ? this.rows.at(-1) : this.best();
    await startMetrics(this.metricsFile, this.rows);
    const goingOn = step > 0 ? `; going on after step ${step}` : '';
    this.display.say(
      `${pictures} pictures in memory, ${validation.length} to validate with${goingOn}.`,
    );
  }

  showProgress({ step, loss, rate, stepsPerSecond }: EventOf<'progress'>): void {
    const { steps, out: clip } = this.plan;
    const best = this.best();
    const eta = (steps - step) / stepsPerSecond;
    this.tell({
      ...{ event: 'progress', clip, output: clip, stage: 'train', frames: step, of: steps },
      ...{ fps: stepsPerSecond, eta },
      psnr: best === undefined || Number.isNaN(best.psnr) ? null : best.psnr,
    });
    const figures = best === undefined ? '' : `, best ${best.psnr.toFixed(2)} dB`;
    this.display.progress(
      `step ${step} of ${steps}, loss ${loss.toExponential(2)}, rate ${rate.toExponential(1)}${figures}, ${stepsPerSecond.toFixed(1)} steps/s, ${showTime(eta)} left`,
    );
  }

  async keepValidation(event: EventOf<'validated'>): Promise<void> {
    const row = metricsOf(event, event.scores);
    if (event.kept) this.kept = row;
    const isBest = !(row.psnr <= (this.best()?.psnr ?? -Infinity));
    this.rows.push(row);
    await appendMetrics(this.metricsFile, row);
    await drawCurves(this.plan.workFolder, lossText(this.plan.loss), this.rows);
    this.watchContest();
    if (event.scores.length === 0) return;
    const { step, psnr, ssim, bicubicPsnr, bicubicSsim } = row;
    this.display.say(
      `step ${step}: ${psnr.toFixed(2)} dB (bicubic ${bicubicPsnr.toFixed(2)}), SSIM ${ssim.toFixed(4)} (${bicubicSsim.toFixed(4)})${whiteShown(event.white)}${isBest ? ', the best so far' : ''}`,
    );
    this.watchCollapse();
  }

  /** Reports, once, that the discriminator has won or lost for good. */
  private watchContest(): void {
    const shares = this.rows.map(({ right }) => right);
    const outcome = contestOutcome(shares);
    if (outcome === null || contestOutcome(shares.slice(0, -1)) === outcome) return;
    this.warn('discriminator', contestWords(outcome, shares.at(-1)!));
  }

  /** Reports, once, that the network has lost what it had learnt. */
  private watchCollapse(): void {
    // A network that learns how pictures look gives up some PSNR for it.
    if (this.plan.discriminator !== undefined) return;
    const psnrs = this.rows.map(({ psnr }) => psnr);
    if (this.hasCollapsed || !hasCollapsed(psnrs)) return;
    this.hasCollapsed = true;
    const best = this.best()!;
    this.warn('training', collapseWords(best, psnrs.at(-1)!, this.plan));
  }

  /** The validation with the highest PSNR. */
  private best(): TrainMetrics | undefined {
    return this.rows.reduce<TrainMetrics | undefined>(
      (best, row) => (best === undefined || row.psnr > best.psnr ? row : best),
      undefined,
    );
  }

  private warn(what: string, why: string): void {
    this.display.say(why);
    this.tell({ event: 'note', clip: this.plan.out, kind: 'note', what, why });
  }

  /** Writes the contact sheet, the model and its card. */
  async finish(event: EventOf<'finished'>): Promise<TrainingResult> {
    const { plan, options, kept } = this;
    const sheet = await contactSheet(plan.network, event.best, this.pictures);
    await writeWhole(path.join(plan.workFolder, trainingFiles.sheet), sheet);
    const curve = this.rows.map(({ step, loss, psnr }) => ({ step, loss, psnr }));
    const figures = (await options.measure?.(event.best)) ?? {};
    const test = testFigures(event.test);
    const extras = {
      ...{ name: options.name, figures, curve },
      ...(test === undefined ? {} : { test }),
      ...(event.white === null ? {} : { white: event.white }),
    };
    const card = await writeModel(plan, event.best, extras);
    if (event.white?.stays === false) this.warn('white', whiteWords(event.white));
    if (plan.test.length > 0) this.display.say(testLine(plan, test));
    const summary: TrainingResult = {
      ...{ card, skipped: this.skipped, psnr: kept?.psnr ?? NaN },
      ...{ bicubicPsnr: kept?.bicubicPsnr ?? NaN, test: test ?? null },
    };
    this.tell({ event: 'done', clip: plan.out, status: 'done', output: plan.out, summary });
    return summary;
  }
}
