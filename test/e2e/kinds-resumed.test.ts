import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { before } from 'node:test';
import { segmentsDone, skip, startUpscale, until } from '../faults/vsr-process.js';
import { enlarged, frameMd5 } from '../support/enlarge.js';
import { isLongForm } from '../support/long-form.js';
import { makeParts, rate, splice, tour, whole } from '../support/spliced-kinds.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);

/** The clip. Of Matroska, most clips are read from a keyframe in their middle when resumed. */
const clip = file('clip.mkv');

/** The frames of the clip, by part. */
let spliced: Awaited<ReturnType<typeof splice>>;

/** A line of `frameMd5`. */
function timed(line: string): { readonly time: number; readonly hash: string } {
  const [time = '', hash = ''] = line.split(',');
  return { time: Number(time) / 1e6, hash };
}

const fast = { model: 'espcn-16-lite-x2', precision: 'fp32', codec: 'ffv1' } as const;
const modes = isLongForm ? (['auto', 'field'] as const) : (['field'] as const);

/** So many segments are done when it is killed. */
const moments = isLongForm ? [1, 2, 5, 6, 11, 16] : [2, 7, 13];
const outputOf = (mode: string, what: string): string => file(`${mode}-${what}.mkv`);

/** By mode, time in microseconds and hash of each frame of an undisturbed run that is not cut. */
const undisturbed = new Map<string, string[]>();

before(async () => {
  const { parts } = await makeParts(folder);
  spliced = await splice(parts, tour().map(whole), clip);
  for (const deinterlace of modes) {
    const output = outputOf(deinterlace, 'whole');
    await enlarged(clip, {
      ...{ ...fast, telecine: 'auto', deinterlace, segments: false, output },
    });
    undisturbed.set(deinterlace, (await frameMd5(output)).split('\n'));
  }
});

for (const deinterlace of modes) {
  const name = (what: string): string => outputOf(deinterlace, what);
  const options = { ...fast, telecine: 'auto', deinterlace } as const;
  test(
    `--deinterlace ${deinterlace}, killed again and again: each frame and time as in one run`,
    { skip },
    async (t) => {
      const output = name('killed');
      const args = [
        ...[clip, '-o', output, '-m', fast.model, '-q', '--workers', '1'],
        ...['--precision', fast.precision, '--codec', fast.codec, '--segment-seconds', '1.3'],
        ...['--telecine', 'auto', '--deinterlace', deinterlace],
      ];
      const expected = undisturbed.get(deinterlace)!;
      let kills = 0;
      for (const least of moments) {
        const vsr = startUpscale(args);
        const isThere = await until(vsr, () => segmentsDone(output).length >= least);
        if (isThere !== null) kills++;
        vsr.child.kill('SIGKILL');
        await vsr.done;
      }
      assert.ok(kills >= moments.length - 1, `only ${kills} kills`);
      const { code, stderr } = await startUpscale(args).done;
      assert.equal(code, 0, stderr);
      assert.deepEqual((await frameMd5(output)).split('\n'), expected);
      const logOf = (which: string) => readFile(`${name(which)}.psnr.csv`, 'utf8');
      assert.deepEqual((await logOf('killed')).split('\n'), (await logOf('whole')).split('\n'));
      t.diagnostic(`${expected.length} frames, ${kills} kills`);
    },
  );

  test(`--deinterlace ${deinterlace}, from and to within film: the same frames at the same times`, async () => {
    const expected = undisturbed.get(deinterlace)!;
    const film = spliced.findIndex(({ part, number }) => part.kind === 'film' && number === 17);
    const next = spliced.findIndex(({ part }, i) => i > film + 60 && part.kind === 'film');
    for (const [start, end] of [
      [film / rate, (film + 9) / rate],
      [(film + 1) / rate, (next + 13) / rate],
    ] as const) {
      const inside = expected
        .map(timed)
        .filter(({ time }) => time > start - 1e-3 && time < end - 1e-3);
      for (const segmentSeconds of [0.4, 100]) {
        const output = name(`${start}-${segmentSeconds}`);
        await enlarged(clip, { ...options, start, end, segmentSeconds, output });
        const came = (await frameMd5(output)).split('\n').map(timed);
        assert.deepEqual(
          came.map(({ hash }) => hash),
          inside.map(({ hash }) => hash),
        );
        came.forEach(({ time }, i) => {
          // Matroska rounds times to thousandths, here those from the first frame on.
          assert.ok(Math.abs(time - inside[i]!.time + inside[0]!.time) < 2.1e-3, `${i}: ${time}`);
        });
      }
    }
  });
}
