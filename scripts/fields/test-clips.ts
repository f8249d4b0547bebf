import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  codeAndDecode,
  type Decoded,
  deinterlaceFrames,
} from '../../src/media/frames/code-and-decode.js';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import type { FieldFrames } from '../../src/media/source/source.js';
import { packageRoot } from '../../src/package-root.js';
import type { Plane } from '../../src/planes/plane.js';
import { interlaced, lowPassed } from '../../src/training/coded/fields.js';

/** The clips whose fields are measured; none of them is trained on. */
export const testClips: readonly string[] = [
  'squirrel.mp4',
  '05_default_juggle.mp4',
  'butterfly.mp4',
  '01_dog.mp4',
  'small_bunny_1080p_60fps.mp4',
  'flower.mp4',
  'mediabunny_video_1080p.mp4',
  'bigbuckbunny.mp4',
];

const folder = path.join(packageRoot(), '../shared/data/clips');
const size = { width: 704, height: 576 };

/** Says what is missing, and ends, unless the clips are there. */
export function requireClips(): void {
  if (existsSync(folder)) return;
  console.error(`Expected clips in ${folder} but there are none.`);
  process.exit(2);
}

/**
 * The luma of a clip's pictures from second 1 on at 704x576, and reduced to half by area: each
 * counts as the picture at the time of one field.
 */
export async function truthOf(
  name: string,
  count: number,
): Promise<{ readonly high: Plane[]; readonly low: Plane[] }> {
  const { ffmpeg } = await locateFfmpeg();
  const bytes = execFileSync(
    ffmpeg,
    [
      ...['-v', 'error', '-threads', '1', '-i', path.join(folder, name), '-an', '-ss', '1'],
      ...['-vf', `scale=${size.width}:${size.height}:flags=area,format=yuv420p`],
      ...['-frames:v', `${count}`, '-f', 'rawvideo', 'pipe:1'],
    ],
    { maxBuffer: 1 << 30 },
  );
  const area = size.width * size.height;
  // Whole pairs of fields.
  const found = Math.floor(bytes.length / (1.5 * area)) & ~1;
  const high = Array.from({ length: found }, (_, i): Plane => {
    return { data: new Uint8Array(bytes.subarray(1.5 * i * area, (1.5 * i + 1) * area)), ...size };
  });
  return { high, low: high.map(halved) };
}

/** The means of blocks of four samples. */
function halved({ data: from, width: across, height: down }: Plane): Plane {
  const [width, height] = [across / 2, down / 2];
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = 2 * y * across + 2 * x;
      const sum = from[i]! + from[i + 1]! + from[i + across]! + from[i + across + 1]!;
      data[y * width + x] = (sum + 2) >> 2;
    }
  }
  return { data, width, height };
}

/** How pictures become the fields of a clip. */
export type Making = {
  readonly order: FieldFrames['order'];
  /** Whether they are blurred vertically first. */
  readonly lowPass: boolean;
  /** MPEG-2's quantiser scale; 0 for no coding. */
  readonly quality: number;
};

/** The pictures that a deinterlacer makes of the fields, one for each, and how they were coded. */
export async function deinterlacedFields(
  low: readonly Plane[],
  { order, lowPass, quality }: Making,
): Promise<Decoded> {
  const frames = interlaced(lowPass ? low.map(lowPassed) : low, order);
  const fields = { order, rate: 'field' } as const;
  return quality === 0
    ? deinterlaceFrames(frames, fields)
    : codeAndDecode(frames, { coder: 'mpeg2', quality, fields });
}

/** Pictures at the ends of a clip that are not measured: there a deinterlacer lacks fields. */
export const ends = 4;
/** Samples at each border that are not measured. */
export const border = 8;
