import { Command } from 'commander';
import { hasMark, resultsMark } from '../../files/marks.js';
import { openPlace } from '../../files/place.js';
import { locateFfmpeg } from '../../media/program/ffmpeg.js';
import type { ClipResult } from '../../report/regress/regress.js';
import { isAnsweredInJson, tell } from '../process/answer.js';
import { withEvents } from '../process/program-options.js';
import { interruption } from '../process/interruption.js';
import { say } from '../display/say.js';
import { formatTable } from '../display/table.js';

type Flags = {
  update?: true;
  only?: string[];
  junit?: string;
  overwrite?: true;
  ffmpeg?: string;
  ffprobe?: string;
};

const examples = `
Examples:
  vsr regress samples                    checks every clip that samples/regress.json names
  vsr regress my-clips --update          makes or renews the baselines, and says what changes
  vsr regress samples --junit junit.xml  for CI systems

Each clip is really enlarged, and its frame count, timestamps, streams, colour and PSNR are compared with
the baseline. Where the model is the default, the 8-bit copies that vsr upscale runs in its place are
checked, too; a column says which network a figure belongs to. Figures have a tolerance, since processors
round differently; frames are compared exactly on the kind of machine that made the baseline.`;

/** The command `vsr regress`. */
export function regressCommand(): Command {
  const command = new Command('regress')
    .description('Checks clips against a stored baseline; exit code 1 if one has changed.')
    .argument('[folder]', 'a folder with a regress.json', 'samples')
    .option('--update', 'take what is measured now as the baseline')
    .option('--only <clips...>', 'only these clips')
    .option('--junit <file.xml>', 'write the results as JUnit XML, too')
    .option('--overwrite', 'let --junit replace a file that vsr regress did not write');
  return withEvents(command)
    .option('--ffmpeg <path>', 'the ffmpeg to use')
    .option('--ffprobe <path>', 'the ffprobe to use')
    .addHelpText('after', examples)
    .action(run);
}

/** A row for each check that does not hold, and for each clip that could not be checked. */
function failures(results: readonly ClipResult[]): string[][] {
  return results.flatMap(({ clip, checks, error }) => [
    ...(error === null ? [] : [[clip, 'run', '', '', error, '']]),
    ...checks
      .filter(({ ok }) => !ok)
      .map(({ name, by, expected, found, frame }) => [
        clip,
        name,
        by ?? '',
        expected,
        found,
        frame === null ? '' : String(frame),
      ]),
  ]);
}

async function run(folder: string, flags: Flags): Promise<void> {
  const signal = interruption();
  const { regress } = await import('../../report/regress/regress.js');
  const place =
    flags.junit === undefined
      ? null
      : await openPlace({
          ...{ what: 'results', file: flags.junit, inputs: [], otherName: 'with --junit' },
          overwrite: flags.overwrite ?? false,
          isOurs: (file) => hasMark(file, resultsMark),
        });
  const ffmpeg = await locateFfmpeg(flags);
  const results: ClipResult[] = [];
  for await (const result of regress(ffmpeg, folder, {
    update: flags.update ?? false,
    only: flags.only ?? [],
    signal,
    tell,
  })) {
    results.push(result);
    const bad = result.checks.filter(({ ok }) => !ok).length;
    const verdict =
      result.error ??
      (bad === 0
        ? `${result.checks.length} checks hold`
        : `${bad} of ${result.checks.length} checks differ`);
    say(`${result.clip}: ${verdict}`);
  }
  if (place !== null) {
    const { junitOf } = await import('../../report/regress/junit.js');
    await place.write(junitOf(results));
  }
  const rows = failures(results);
  if (rows.length > 0 && !isAnsweredInJson()) {
    const head = flags.update ? ['was', 'is now'] : ['expected', 'found'];
    process.stdout.write(`${formatTable(['clip', 'check', 'of', ...head, 'frame'], rows)}\n`);
  }
  const broken = results.some(({ error }) => error !== null);
  if (broken || (rows.length > 0 && flags.update !== true)) process.exitCode = 1;
}
