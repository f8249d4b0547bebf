import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { readSidecar } from '../../src/metrics/sidecar.js';
import { enlarge, ffmpegRun } from '../support/enlarge.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
let clip = '';
before(async () => {
  clip = path.join(folder, 'clip.mp4');
  await ffmpegRun(
    ...['-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=25:duration=0.4'],
    ...['-f', 'lavfi', '-i', 'sine=duration=2', '-c:v', 'libx264', '-preset', 'ultrafast'],
    ...['-c:a', 'aac', clip],
  );
});

/**
 * An ffmpeg that does its work well, except when it joins: it is given further words before the
 * one called `before`, or says something more at its end.
 */
async function unfaithful(before: string, words: string, says = ''): Promise<string> {
  const { ffmpeg } = await locateFfmpeg();
  const file = path.join(folder, 'ffmpeg.sh');
  const lines = [
    '#!/usr/bin/env bash',
    'case "$*" in *-map_chapters*) ;; *) exec "$REAL" "$@" ;; esac',
    'words=(); inputs=0',
    'for word in "$@"; do',
    '  [ "$word" = -i ] && inputs=$((inputs + 1))',
    `  [ "$word$inputs" = "${before}" ] && words+=(${words})`,
    '  words+=("$word")',
    'done',
    '"$REAL" "${words[@]}"; code=$?',
    `[ -z "${says}" ] || echo "${says}" >&2`,
    'exit $code',
  ];
  await writeFile(file, lines.join('\n').replaceAll('$REAL', ffmpeg), { mode: 0o755 });
  return file;
}

/** Enlarges the clip with `ffmpeg`; the message of its failure, or its sidecar. */
async function outcomeWith(ffmpeg: string, allowDamaged = false) {
  const output = path.join(folder, 'out.mkv');
  const options = { ffmpeg, output, allowDamaged, restart: true, log: false } as const;
  const outcome = await enlarge(clip, { ...options, preset: 'ultrafast' });
  if (outcome.status !== 'failed') return { sidecar: await readSidecar(`${output}.vsr.json`) };
  assert.equal(existsSync(output), false, 'it was not given its name');
  return { message: outcome.error.message };
}

test('what an output lacks is found before it gets its name, whatever ffmpeg says', async () => {
  const short = await outcomeWith(await unfaithful('-map_chapters2', '-frames:1 40'));
  assert.match(short.message ?? '', /audio stream 1: \d+ of \d+ packets of the source are not/);

  const late = await outcomeWith(await unfaithful('-i2', '-itsoffset 0.3'));
  assert.match(late.message ?? '', /audio stream 1: it starts 0\.(?:2[5-9]|3)\d* s too late/);

  const squeezed = await unfaithful('-map_chapters2', '-aspect:0 16:9');
  assert.match((await outcomeWith(squeezed)).message ?? '', /sample aspect ratio none but it has/);
});

test('what ffmpeg complains of while joining counts although it ends well', async () => {
  const says = '[matroska @ 0x1] [error] a packet was lost on the way';
  const program = await unfaithful('never', '', says);
  const refused = await outcomeWith(program);
  assert.match(refused.message ?? '', /"a packet was lost on the way".*--allow-damaged/);
  const { sidecar } = await outcomeWith(program, true);
  assert.ok(sidecar?.missing.some(({ kind, why }) => kind === 'missing' && /on the way/.test(why)));
});
