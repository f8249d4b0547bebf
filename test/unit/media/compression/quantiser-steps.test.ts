import assert from 'node:assert/strict';
import sharp from 'sharp';
import test from 'node:test';
import { QuantiserSteps, stepOfJpeg } from '../../../../src/media/compression/quantiser-steps.js';
import { strengthOfStep } from '../../../../src/media/compression/strength.js';

function meanOf(...lines: string[]): number | null {
  const steps = new QuantiserSteps();
  for (const line of lines) steps.line(line);
  return steps.mean;
}

const traced = (name: string, value: number, stream = '0x55b3ecb96fc0') =>
  `[trace_headers @ ${stream}] 30          ${name}${' '.repeat(40 - name.length)}00101 = ${value}`;

const near = (actual: number | null, wanted: number) =>
  assert.ok(Math.abs(actual! / wanted - 1) < 1e-9, `${actual}, not ${wanted}`);

test('H.264 and HEVC: QP 26, the picture set and the slice together, six for twice the step', () => {
  near(meanOf(traced('pic_init_qp_minus26', -3), traced('slice_qp_delta', 5)), 16);
  near(meanOf(traced('init_qp_minus26', 0), traced('slice_qp_delta', 8)), 32);
  // The geometric mean of pictures; each stream has its own start.
  near(
    meanOf(
      traced('pic_init_qp_minus26', -4),
      traced('slice_qp_delta', 0),
      traced('slice_qp_delta', 12),
      traced('pic_init_qp_minus26', 2, '0x1'),
      traced('slice_qp_delta', 0, '0x1'),
    ),
    2 ** ((3 + 5 + 4) / 3),
  );
});

test('the build of 2018 names the filter otherwise, and its lines are the same', () => {
  near(meanOf(traced('slice_qp_delta', 2).replace('trace_headers', 'AVBSFContext')), 16);
});

test('MPEG-2 has even and uneven scales, MPEG-4 the decoder’s word', () => {
  near(meanOf(traced('quantiser_scale_code', 5)), 10);
  near(meanOf(traced('q_scale_type', 1), traced('quantiser_scale_code', 31)), 112);
  near(meanOf(traced('q_scale_type', 1), traced('quantiser_scale_code', 9)), 10);
  near(meanOf('[mpeg4 @ 0x55ec2fc0f200] qp:5 fc:1,1 I size:31992 pro:1 alt:0 top:0'), 10);
});

test('VP9 and AV1 steps grow with their index', () => {
  const steps = [0, 60, 128, 255].map((index) => meanOf(traced('base_q_idx', index))!);
  near(steps[0]!, 1);
  assert.ok(Math.abs(steps[3]! - 1828 / 8) < 5, 'the last of the table');
  assert.deepEqual(
    steps,
    [...steps].sort((a, b) => a - b),
  );
});

test('of JPEG the table of luma counts, not that of chroma and not its constant', () => {
  const table = (number: number, value: number) => [
    traced('Tq', number),
    ...Array.from({ length: 64 }, (_, i) => traced(`Q[${i}]`, i === 0 ? 1 : value)),
  ];
  near(meanOf(...table(0, 12), ...table(1, 99)), 12);
});

test('other lines tell nothing', () => {
  assert.equal(
    meanOf(traced('qpprime_y_zero_transform_bypass_flag', 0), 'frame= 2 q=29.0', ''),
    null,
  );
});

test('a JPEG file tells its step: coarser for a lower quality; other files tell none', async () => {
  const raw = { width: 32, height: 32, channels: 3 } as const;
  const picture = sharp(new Uint8Array(32 * 32 * 3).fill(90), { raw });
  const steps: number[] = [];
  for (const quality of [98, 75, 50, 20]) {
    steps.push(stepOfJpeg(await picture.clone().jpeg({ quality }).toBuffer())!);
  }
  assert.deepEqual(
    steps,
    [...steps].sort((a, b) => a - b),
  );
  // Quality 50 is the standard's own table: 11, 12, 14, 12, 10, 16, 14, 13, 14.
  near(steps[2]!, [11, 12, 14, 12, 10, 16, 14, 13, 14].reduce((a, b) => a * b) ** (1 / 9));
  assert.equal(stepOfJpeg(await picture.clone().png().toBuffer()), null);
  assert.equal(stepOfJpeg(Uint8Array.of(0xff, 0xd8, 0xff, 0xdb)), null);
  assert.equal(stepOfJpeg(new Uint8Array()), null);
});

test('strength is 0 up to a step of 2 and 1 from 64, and even between', () => {
  assert.deepEqual([1, 2, 8, 32, 64, 200].map(strengthOfStep), [0, 0, 0.4, 0.8, 1, 1]);
});
