import { Command, Option } from 'commander';
import path from 'node:path';
import { priorities } from '../../queue/priority.js';
import {
  codecNames,
  chromaKernels,
  precisionNames,
  steadyNames,
  providerNames,
  qualities,
} from '../../upscale/plan/options.js';
import { programFields } from '../../upscale/programs/run-program.js';
import { nameFields } from '../../upscale/plan/names.js';
import {
  deinterlaceModes,
  fieldOrders,
  repeatModes,
  telecineModes,
} from '../../upscale/footage/footage-modes.js';
import { sourceKinds } from '../../upscale/footage/source-kinds.js';
import { amount, parseTime, realNumber, scaleNumber, wholeNumber } from '../display/numbers.js';
import { collected, withQueueOptions } from '../queue/queue-flags.js';
import { runUpscale } from './run-upscale.js';
import { withEvents } from '../process/program-options.js';

const examples = `
Examples:
  vsr upscale clip.mp4                          clip.x2.mp4 beside it, twice as large
  vsr upscale clip.mp4 -s 4 -o large.mkv        four times as large, as Matroska
  vsr upscale tapes/ -r -o enlarged/            every clip of a folder; run it again to go on
  vsr upscale "tapes/*.avi" --to 1080p --jobs 2
  vsr upscale clip.mkv --start 1:30 --end 2:00  half a minute of it, audio cut with it
  vsr upscale film.mkv --audio jpn,eng --subs eng
  vsr upscale tape.avi --deinterlace field      a tape: a frame of every field, 50 or 60 a second
  vsr upscale tape.avi --source vhs             what suits a tape, as far as it is seen in it
  vsr upscale photo.jpg -s 3                    pictures, too
  vsr upscale clip.mp4 --precision fp32         the same picture on every processor
  vsr upscale clip.mp4 --dry-run                what would be done, and what would be lost
  cat clip.mkv | vsr upscale - -o - | mpv -     from a pipe to a pipe

Exit codes: 0 everything is there and whole, 1 a job failed, 2 the call is wrong, 130 interrupted.`;

/** The command `vsr upscale`. */
export function upscaleCommand(): Command {
  const command = new Command('upscale')
    .description(
      'Enlarges clips and pictures. Everything else in a clip is kept, or announced before the start.',
    )
    .argument(
      '<inputs...>',
      'files, folders, globs, @list.txt for the lines of a file, or - for standard input',
    )
    .optionsGroup('Size:')
    .option(
      '-s, --scale <n>',
      'enlargement each way, a product of the models’ scales; 1 for models that clean (default: 2)',
      scaleNumber,
    )
    .option('--to <size>', 'reach a size instead: 1920x1080, 720p, 1080p, 4k; aspect is kept')
    .optionsGroup('Output:')
    .option('-o, --output <path>', 'file, folder, or - for Matroska on standard output')
    .option(
      '--name <template>',
      `names of outputs, "{stem}.{scale}x{ext}"; with ${nameFields.map((field) => `{${field}}`).join(', ')} (default: "{stem}.x{scale}{ext}")`,
    )
    .option('--overwrite', 'replace a file of that name that another job or program made')
    .option('--dry-run', 'say what would be done, how large it will be, what it would lack')
    .option('--report [file.html]', 'make a page that shows what was done')
    .optionsGroup('Network:')
    .option(
      '-m, --model <name|file>',
      'a model of the catalogue (see vsr models) or an .onnx file; of several passes one for each, by commas',
    )
    .addOption(
      new Option(
        '--quality <name>',
        'of the models that vsr chooses from (default: normal)',
      ).choices(qualities),
    )
    .option(
      '--strength <n>',
      'how compressed the source counts as, 0 to 1, for more or less cleaning; auto: by a look at it',
      (text) => (text === 'auto' ? text : realNumber(text)),
    )
    .addOption(
      new Option('--provider <name>', 'where it runs').choices(providerNames).default('auto'),
    )
    .option('--device <n>', 'GPU number', wholeNumber(0))
    .addOption(
      new Option(
        '--precision <name>',
        'int8: the 8-bit copy of the model; fp16: for GPUs; auto: the faster that hardly shows',
      )
        .choices(precisionNames)
        .default('auto'),
    )
    .addOption(
      new Option(
        '--chroma <name>',
        'what colour is enlarged by; guided: sharper, with edges from the source’s luma',
      )
        .choices(chromaKernels)
        .default('bicubic'),
    )
    .option(
      '--workers <n>',
      'inference threads on the CPU (default: the cores there are)',
      wholeNumber(1),
    )
    .option('--no-reuse', 'compute every tile again, even those that did not change')
    .optionsGroup('Encoding:')
    .addOption(new Option('--codec <name>', 'video codec').choices(codecNames).default('auto'))
    .option('--crf <n>', 'constant quality of the encoder (default: visually lossless)', realNumber)
    .option(
      '--bitrate <rate>',
      'bits a second of the video, as 8M, in place of a constant quality',
      amount('bits a second, as 8M or 800k'),
    )
    .option(
      '--size-limit <size>',
      'the size that the output may have, as 4.7G or 700M, in place of a constant quality',
      amount('a size, as 4.7G, 700M or 4GiB'),
    )
    .option('--preset <name>', 'preset of the encoder')
    .option('--pix-fmt <name>', 'encoded pixel format')
    .option('--ffmpeg-args <args>', 'more arguments for the encoder, in one quoted text')
    .optionsGroup('Tracks:')
    .option(
      '--audio <which>',
      'sound to keep: all (default), none, or by commas languages (eng, de) and numbers of streams',
    )
    .option('--subs <which>', 'subtitles to keep, in the same words')
    .optionsGroup('Part of the clip:')
    .option('--start <time>', 'in point, seconds or [h:]m:s', (text) => parseTime(text, '--start'))
    .option('--end <time>', 'out point', (text) => parseTime(text, '--end'))
    .option('--frames <n>', 'at most so many frames', wholeNumber(1))
    .addOption(
      new Option(
        '--steady <how>',
        'auto: compressed sources pop less at keyframes where nothing moves',
      )
        .choices(steadyNames)
        .default('off'),
    )
    .optionsGroup('Old footage (every clip is looked at, and what it is is said):')
    .addOption(
      new Option(
        '--source <kind>',
        'what the clip comes from: chooses what follows, where it is not given (default: auto, only say what was seen)',
      ).choices(sourceKinds),
    )
    .addOption(
      new Option(
        '--deinterlace [mode]',
        'make whole frames of fields; auto: where the clip was seen to be interlaced; frame: always; field: twice as many; auto-field: both',
      )
        .choices(deinterlaceModes)
        .preset('auto'),
    )
    .addOption(
      new Option('--field-order <first>', 'the field shown first (default: what was seen)').choices(
        fieldOrders,
      ),
    )
    .addOption(
      new Option(
        '--telecine <how>',
        'auto: put the pictures of film together that lie in several frames (default: off)',
      ).choices(telecineModes),
    )
    .addOption(
      new Option(
        '--repeats <how>',
        'drop: leave out frames that repeat the one before (default: keep)',
      ).choices(repeatModes),
    )
    .option('--crop <part>', 'auto: without black borders; or the part as W:H:X:Y (default: off)')
    .optionsGroup('Measuring:')
    .option('--reference <file>', 'ground truth for the log')
    .option('--log <file>', 'per-frame PSNR log, .csv or .jsonl (default: <output>.psnr.csv)')
    .option('--no-log', 'no log')
    .optionsGroup('Batches and long jobs:')
    .option('-r, --recursive', 'look into sub-folders')
    .option('--jobs <n>', 'clips at once (default: 1)', wholeNumber(1))
    .option(
      '--max-tries <n>',
      'tries of a clip whose failure may pass: a hanging ffmpeg, a lost device, a disk (default: 1)',
      wholeNumber(1),
    )
    .option(
      '--exec <program>',
      `run a program for each finished clip, as "notify-send {output}"; no shell; fields: ${programFields.map((field) => `{${field}}`).join(', ')}`,
    )
    .option('--no-segments', 'do not cut long clips into segments for resuming')
    .option('--segment-seconds <s>', 'length of a segment (default: 10)', realNumber)
    .option('--restart', 'throw away finished segments of a job that has changed')
    .option('--allow-damaged', 'take what there is of a damaged source, and mark the output')
    .option('--allow-truncated', 'the older name of --allow-damaged')
    .option('--stall-timeout <seconds>', 'give up a hanging ffmpeg (default: 120)', realNumber)
    .optionsGroup('Many machines:');
  withQueueOptions(command, 'let the workers of this queue do it: redis://host:port')
    .option(
      '--root <name=folder>',
      'a folder that the machines share, by its common name',
      collected,
    )
    .addOption(
      new Option('--priority <which>', 'interactive clips come first (default: batch)').choices(
        priorities,
      ),
    )
    .option('--detach', 'submit, and do not wait for the end')
    .optionsGroup('Headerless raw video (.yuv):')
    .option('--input-format <pix_fmt>', 'e.g. yuv420p')
    .option('--input-size <WxH>', 'e.g. 352x288')
    .option('--input-rate <fps>', 'e.g. 25 or 30000/1001')
    .optionsGroup('Talking:');
  return withEvents(command)
    .option('-q, --quiet', 'only errors')
    .option('-v, --verbose', 'also what a configuration file set')
    .option(
      '--config <file>',
      `options by their names, as YAML, in place of ${path.join('~', '.config', 'vsr', 'config.yaml')}`,
    )
    .option('--use <preset>', 'options that the configuration file has under presets by this name')
    .option('--ffmpeg <path>', 'this ffmpeg')
    .option('--ffprobe <path>', 'this ffprobe')
    .addHelpText('after', examples)
    .action(runUpscale);
}
