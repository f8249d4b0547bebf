import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import type { TrainingTalk } from '../../library/train/train.js';
import type { TrainSettings } from '../../library/train/train-options.js';
import { printable } from '../../printable.js';
import { trainingFiles } from '../../training/saved/training-folder.js';
import { shortened } from '../display/bar-line.js';
import { hasTerminal, say, sayRaw, screenWidth } from '../display/say.js';
import { trainingSummary } from '../display/training-summary.js';
import { isAnsweredInJson, tell } from '../process/answer.js';
import { batchInterruption } from '../process/interruption.js';
import { optionsWithRecipe, writeRecipe } from './recipe-file.js';

/** Options as commander hands them over. */
type TrainFlags = TrainSettings & { quiet?: true; recipe?: string };

/** Trains as the options of a parsed `vsr train`, and its recipe, say. */
export async function runTrain(command: Command): Promise<void> {
  const flags = optionsWithRecipe<TrainFlags>(command, ['data', 'out']);
  const interruption = batchInterruption(() => adviceOf(flags));
  try {
    const values = { ...flags, scale: Number(flags.scale) };
    await runUntil(command, values, interruption.signal);
  } finally {
    interruption.over();
  }
}

/** How to go on with an interrupted training; `''` where there is no checkpoint yet. */
function adviceOf(flags: TrainFlags): string {
  const checkpoint = path.join(flags.work ?? `${flags.out}.train`, trainingFiles.checkpoint);
  return existsSync(checkpoint) ? '--resume goes on from the last checkpoint.' : '';
}

/** Options of the command that the training itself does not take. */
const talkOptions = ['json', 'quiet', 'progress', 'progressFd', 'recipe'];

function settingsOf(flags: TrainFlags): TrainSettings {
  const kept = Object.entries(flags).filter(([name]) => !talkOptions.includes(name));
  return Object.fromEntries(kept) as TrainSettings;
}

/** What is said to people while a training runs. */
function talkOf(quiet: boolean): Omit<TrainingTalk, 'started'> {
  const silent = quiet || isAnsweredInJson();
  const terminal = hasTerminal();
  let lastLine = -Infinity;
  const sayLine = (line: string) => {
    if (silent) return;
    if (terminal) sayRaw('\r\x1b[K');
    say(line);
  };
  return {
    say: sayLine,
    planned: (plan) => trainingSummary(plan).forEach(sayLine),
    progress: (line) => {
      if (silent) return;
      if (terminal) sayRaw(`\r\x1b[K${shortened(printable(line), screenWidth() - 1)}`);
      else if (performance.now() - lastLine > 10_000) {
        lastLine = performance.now();
        say(line);
      }
    },
  };
}

async function runUntil(command: Command, flags: TrainFlags, signal: AbortSignal): Promise<void> {
  const { train, workFolderOf } = await import('../../library/train/train.js');
  const options = settingsOf(flags);
  const talk = talkOf(flags.quiet === true);
  const place = workFolderOf(options);
  // Only then is it known that the folder is free for it, and that there is a training.
  const started = (): void => writeRecipe(command, place);
  const { skipped } = await train({ ...options, signal, tell }, { ...talk, started });
  const { unreadable, tooSmall } = skipped;
  if (unreadable + tooSmall > 0) {
    talk.say(`${unreadable} unreadable and ${tooSmall} too small pictures were skipped.`);
  }
  talk.say(`Wrote ${flags.out} with its card; curves and contact sheet are in ${place}.`);
}
