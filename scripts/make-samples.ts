/**
 * Makes the clips of samples/; every picture and sound is computed by this code. `npm run build &&
 * node build/scripts/make-samples.js`; names of clips as arguments make only these. See
 * samples/README.md.
 */
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { locateFfmpeg } from '../src/media/program/ffmpeg.js';
import { ivfFrameHeader, ivfHeader } from '../src/media/encode/ivf.js';
import { startProcess } from '../src/media/program/process.js';
import { packageRoot } from '../src/package-root.js';
import { pixelFormats } from '../src/planes/pixel-format.js';
import { cartoon } from './samples/cartoon.js';
import { courtyard } from './samples/courtyard.js';
import { toYuv420, type Picture } from './samples/picture.js';
import { screen } from './samples/screen.js';
import { sunset } from './samples/sunset.js';

type Sample = {
  readonly file: string;
  readonly frames: number;
  /** Ticks per second, the unit of `pts`. */
  readonly ticks: number;
  /** When frame `n` is shown, in ticks. */
  readonly pts: (n: number) => number;
  readonly picture: (n: number) => Picture | Promise<Picture>;
  readonly hdr?: boolean;
  /** Further inputs; the video is input 0. */
  readonly inputs?: (folder: string) => Promise<string[]>;
  readonly output: readonly string[];
};

const bt709 = ['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709'];
const tags = [...bt709, '-color_range', 'tv'];
const x264 = ['-c:v', 'libx264', '-preset', 'veryslow', '-pix_fmt', 'yuv420p', ...tags];
const mastering = 'G(8500,39850)B(6550,2300)R(35400,14600)WP(15635,16450)L(10000000,1)';
const hdr10 = `hdr-opt=1:repeat-headers=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:range=limited:chromaloc=0:master-display=${mastering}:max-cll=1000,180:log-level=error`;

/** The tones `notes` (Hz) over and over, each for half a second, as an input of ffmpeg's lavfi. */
function tune(notes: readonly number[]): string {
  const at = `mod(floor(t*2)\\,${notes.length})`;
  const pitch = notes.reduceRight(
    (rest, note, i) => `if(eq(${at}\\,${i})\\,${note}\\,${rest})`,
    '0',
  );
  return `aevalsrc=0.2*sin(2*PI*${pitch}*t)*exp(-3*mod(t\\,0.5)):s=44100:d=3.2`;
}

/** When frame `n` is shown, in ms: about 30 frames per second, some dropped, as phones do. */
function phoneTimes(n: number): number {
  let time = 0;
  for (let i = 0; i < n; i++) time += i % 11 === 7 ? 67 : i % 17 === 12 ? 100 : i % 2 ? 33 : 34;
  return time;
}

async function extras(folder: string): Promise<string[]> {
  const srt = path.join(folder, 'a.srt');
  const chapters = path.join(folder, 'a.ffmeta');
  await writeFile(
    srt,
    '1\n00:00:00,300 --> 00:00:01,800\nMorning in the courtyard.\n\n2\n00:00:02,000 --> 00:00:03,400\nNobody is up yet.\n',
  );
  const chapter = (from: number, to: number, title: string) =>
    `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${from}\nEND=${to}\ntitle=${title}\n`;
  await writeFile(
    chapters,
    `;FFMETADATA1\ntitle=Courtyard\n${chapter(0, 1500, 'Columns')}${chapter(1500, 3500, 'Sky')}`,
  );
  const tunes = [
    [440, 554, 659, 554],
    [330, 392, 494, 392],
  ].flatMap((n) => ['-f', 'lavfi', '-i', tune(n)]);
  return [...tunes, '-i', srt, '-i', chapters];
}

const samples: readonly Sample[] = [
  {
    file: 'scene.mp4',
    frames: 72,
    ticks: 24,
    pts: (n) => n,
    picture: (n) => courtyard(640, 360, n / 24),
    inputs: () => Promise.resolve(['-f', 'lavfi', '-i', `${tune([262, 330, 392, 523])},atrim=0:3`]),
    output: [...x264, '-crf', '20', '-c:a', 'aac', '-b:a', '64k', '-movflags', '+faststart'],
  },
  {
    file: 'screen.mp4',
    frames: 60,
    ticks: 15,
    pts: (n) => n,
    picture: screen,
    output: [...x264, '-crf', '22', '-movflags', '+faststart'],
  },
  {
    file: 'cartoon.mp4',
    frames: 72,
    ticks: 24,
    pts: (n) => n,
    picture: cartoon,
    output: [...x264, '-crf', '20', '-tune', 'animation', '-movflags', '+faststart'],
  },
  {
    file: 'vfr-two-audio.mkv',
    frames: 80,
    ticks: 1000,
    pts: phoneTimes,
    picture: (n) => courtyard(320, 180, 1 + phoneTimes(n) / 800),
    inputs: extras,
    output: [
      ...['-map', '0:v', '-map', '1:a', '-map', '2:a', '-map', '3:s', '-map_chapters', '4'],
      ...[...x264, '-crf', '21', '-c:a', 'aac', '-b:a', '48k', '-c:s', 'srt'],
      ...['-metadata:s:a:0', 'language=eng', '-metadata:s:a:0', 'title=Upper voice'],
      ...['-metadata:s:a:1', 'language=deu', '-metadata:s:a:1', 'title=Unterstimme'],
      ...['-metadata:s:s:0', 'language=eng', '-metadata', 'title=Courtyard'],
    ],
  },
  {
    file: 'ten-bit.mkv',
    frames: 48,
    ticks: 24,
    pts: (n) => n,
    picture: (n) => sunset(320, 180, n / 24),
    hdr: true,
    output: [
      ...['-c:v', 'libx265', '-preset', 'slow', '-crf', '18', '-pix_fmt', 'yuv420p10le'],
      ...['-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc'],
      ...['-color_range', 'tv', '-x265-params', hdr10],
    ],
  },
  {
    file: 'odd-size.webm',
    frames: 48,
    ticks: 24,
    pts: (n) => n,
    picture: (n) => courtyard(177, 99, 4 + n / 24),
    output: [...['-c:v', 'libvpx-vp9', '-crf', '24', '-b:v', '0', '-row-mt', '0'], ...tags],
  },
];

async function make(sample: Sample, folder: string, target: string): Promise<void> {
  const { ffmpeg } = await locateFfmpeg({
    ffmpeg: (await import('@ffmpeg-installer/ffmpeg')).default.path,
  });
  const bitDepth = sample.hdr === true ? 10 : 8;
  const format = pixelFormats.get(bitDepth === 10 ? 'yuv420p10le' : 'yuv420p')!;
  const first = await sample.picture(0);
  const process = startProcess(
    ffmpeg,
    [
      ...[
        '-nostdin',
        '-hide_banner',
        '-loglevel',
        'error',
        '-y',
        '-f',
        'ivf',
        '-c:v',
        'rawvideo',
        '-i',
        'pipe:0',
      ],
      ...((await sample.inputs?.(folder)) ?? []),
      ...['-vsync', 'passthrough', '-enc_time_base', `1:${sample.ticks}`, '-threads', '2'],
      ...['-map_metadata', '-1', '-flags', '+bitexact', '-fflags', '+bitexact'],
      ...sample.output,
      path.join(target, sample.file),
    ],
    { stdin: 'pipe', onStderrLine: (line) => console.error(line) },
  );
  process.stdout.resume();
  const stdin = process.stdin!;
  const write = async (bytes: Uint8Array) => {
    if (!stdin.write(bytes)) await Promise.race([once(stdin, 'drain'), process.done]);
  };
  await write(ivfHeader(format, first.width, first.height, { num: 1, den: sample.ticks }));
  for (let n = 0; n < sample.frames; n++) {
    const bytes = toYuv420(await sample.picture(n), bitDepth === 10 ? 'bt2020' : 'bt709', bitDepth);
    await write(ivfFrameHeader(bytes.length, sample.pts(n)));
    await write(bytes);
  }
  stdin.end();
  const { code } = await process.done;
  if (code !== 0) throw new Error(`ffmpeg ended with ${code} while making ${sample.file}`);
}

const names = process.argv.slice(2);
const target = path.join(packageRoot(), 'samples');
const folder = await mkdtemp(path.join(os.tmpdir(), 'vsr-samples-'));
try {
  for (const sample of samples) {
    if (names.length === 0 || names.includes(sample.file)) await make(sample, folder, target);
  }
} finally {
  await rm(folder, { recursive: true });
}
for (const name of await readdir(target)) {
  console.log(name, (await stat(path.join(target, name))).size);
}
