import { Command, CommanderError } from 'commander';
import { existsSync } from 'node:fs';
import { errorFacts } from '../errors.js';
import { looksLikeClip, looksLikeStill } from '../upscale/plan/inputs.js';
import { version } from '../version.js';
import { watchForRequests } from './process/interruption.js';
import { keepWhole, prepareScreen, say } from './display/say.js';
import { closeAnswer, openAnswer } from './process/answer.js';
import { withModes } from './process/optional-modes.js';
import { callError } from './process/call-error.js';
import { watchStandardStreams } from './process/standard-streams.js';
import { sentenceOf } from './display/sentence.js';
import { shellWord } from '../printable.js';

/**
 * Commands by name. Each is loaded only when it is called, so that `vsr --help` answers at once.
 */
const commands: Readonly<Record<string, { about: string; load: () => Promise<Command> }>> = {
  upscale: {
    about: 'enlarge clips and pictures',
    load: async () => (await import('./upscale/upscale.js')).upscaleCommand(),
  },
  preview: {
    about: 'see how clips would look, and what enlarging them takes',
    load: async () => (await import('./commands/preview.js')).previewCommand(),
  },
  worker: {
    about: 'enlarge clips of a queue, together with other machines',
    load: async () => (await import('./queue/worker.js')).workerCommand(),
  },
  queue: {
    about: 'show and control a queue of clips',
    load: async () => (await import('./queue/queue.js')).queueCommand(),
  },
  report: {
    about: 'make a page that shows what an enlargement did',
    load: async () => (await import('./commands/report.js')).reportCommand(),
  },
  compare: {
    about: 'put two clips or pictures side by side',
    load: async () => (await import('./commands/compare.js')).compareCommand(),
  },
  evaluate: {
    about: 'measure a model on pictures or clips',
    load: async () => (await import('./commands/evaluate.js')).evaluateCommand(),
  },
  regress: {
    about: 'check sample clips against a stored baseline',
    load: async () => (await import('./commands/regress.js')).regressCommand(),
  },
  extract: {
    about: 'take frames out of clips, for training',
    load: async () => (await import('./commands/extract.js')).extractCommand(),
  },
  train: {
    about: 'train a network',
    load: async () => (await import('./train/train.js')).trainCommand(),
  },
  quantize: {
    about: 'make an 8-bit copy of a network, faster on the CPU',
    load: async () => (await import('./commands/quantize.js')).quantizeCommand(),
  },
  serve: {
    about: 'serve a page to work from, in the browser',
    load: async () => (await import('./commands/serve.js')).serveCommand(),
  },
  watch: {
    about: 'enlarge clips that come into folders',
    load: async () => (await import('./commands/watch.js')).watchCommand(),
  },
  models: {
    about: 'list the models and their figures',
    load: async () => (await import('./commands/models.js')).modelsCommand(),
  },
  doctor: {
    about: 'say what was found on this machine and what is missing',
    load: async () => (await import('./commands/doctor.js')).doctorCommand(),
  },
  setup: {
    about: 'install optional parts (CUDA)',
    load: async () => (await import('./commands/setup.js')).setupCommand(),
  },
  completion: {
    about: 'complete words of vsr in bash, zsh or fish',
    load: async () => (await import('./commands/completion.js')).completionCommand(loadAll),
  },
};

/** Every command, with its summary. */
async function loadAll(): Promise<Command[]> {
  const loading = Object.values(commands).map(async ({ about, load }) =>
    (await load()).summary(about),
  );
  return Promise.all(loading);
}

const examples = `
Examples:
  vsr upscale clip.mp4                  clip.x2.mp4, twice as large
  vsr upscale tapes/ -r --scale 4 -o out/
  vsr upscale clip.mkv --to 1080p --json
  vsr doctor                            what works on this machine

Each command has examples of its own: vsr <command> --help`;

async function programFor(name: string | undefined): Promise<Command> {
  const program = new Command('vsr')
    .description('Enlarges video with a super-resolution network and measures what it did.')
    .version(version(), '-V, --version')
    .addHelpText('after', examples)
    .showSuggestionAfterError()
    .configureOutput({ outputError: () => {} }) // Said by main, in the wording of all errors.
    .exitOverride();
  for (const [each, { about, load }] of Object.entries(commands)) {
    if (each === name) {
      const command = await load();
      // Sub-commands exit through main as well.
      for (const one of [command, ...command.commands]) one.copyInheritedSettings(program);
      program.addCommand(command.summary(about));
    } else {
      program.command(each).summary(about).description(about);
    }
  }
  return program;
}

/** The command that the words name; `help <command>` names it too. */
function calledCommand(words: readonly string[]): string | undefined {
  return words[0] === 'help' ? words[1] : words[0];
}

/** Advice for a call that names clips but no command. */
function missingUpscale(words: readonly string[]): string {
  if (words[0] === undefined || Object.hasOwn(commands, words[0])) return '';
  const namesClips = words.some(
    (word) => existsSync(word) || looksLikeClip(word) || looksLikeStill(word),
  );
  if (!namesClips) return '';
  const call = `vsr upscale ${words.map(shellWord).join(' ')}`;
  keepWhole(call);
  return ` Did you mean: ${call}`;
}

/** Says what ended a call, to people and to the program that made it; returns the exit code. */
function ended(error: unknown, words: readonly string[]): number {
  if (error instanceof CommanderError) {
    // Help and version come this way with code 0.
    if (error.exitCode === 0) return 0;
    const sentence = callError(error, words[0]);
    const advice = sentence.includes('Did you mean') ? '' : missingUpscale(words);
    const message = `${sentence}${advice}`;
    say(`vsr: ${message}`);
    closeAnswer(2, { code: 'option', message, exitCode: 2 });
    return 2;
  }
  const facts = errorFacts(error);
  if (facts.code !== 'bug') say(`vsr: ${sentenceOf(facts)}`);
  else {
    say('vsr: this is a bug in vsr; please report it.');
    (facts.detail ?? facts.message).split('\n').forEach(say);
  }
  closeAnswer(facts.exitCode, facts);
  return facts.exitCode;
}

async function main(words: readonly string[]): Promise<number> {
  try {
    const name = calledCommand(words);
    openAnswer(name ?? '', words);
    await prepareScreen();
    for (const text of [...words, process.cwd()]) keepWhole(text);
    const program = await programFor(name);
    if (words.length === 0) {
      program.outputHelp();
      return 0;
    }
    await program.parseAsync(withModes(words), { from: 'user' });
    const exitCode = process.exitCode === undefined ? 0 : (process.exitCode as 0 | 1 | 2 | 130);
    closeAnswer(exitCode, null);
    return exitCode;
  } catch (error) {
    return ended(error, words);
  }
}

watchStandardStreams();
watchForRequests();
process.exitCode = await main(process.argv.slice(2));
// Once nothing is left to do, exit at once: while Node takes its engine apart, a signal would kill
// the process, where exit code 130 is due.
process.once('beforeExit', () => process.exit());
