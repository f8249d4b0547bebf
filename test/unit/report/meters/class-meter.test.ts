import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { encodeModel } from '../../../../src/model/onnx/model-file.js';
import { GraphBuilder } from '../../../../src/model/onnx/graph-builder.js';
import { ClassMeter } from '../../../../src/report/meters/class-meter.js';
import type { RgbPicture } from '../../../../src/report/rgb-picture.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const folder = temporaryFolder();

/** A network whose classes are the channels of its picture: the brightest one counts. */
async function classifier(name: string, channels: number): Promise<string> {
  const graph = new GraphBuilder('classes');
  graph.input('picture', 'float32', [1, channels, 'h', 'w']);
  graph.op('GlobalAveragePool', ['picture'], {}, 'classes');
  graph.output('classes', 'float32', [1, channels, 1, 1]);
  const file = path.join(folder, name);
  await writeFile(file, encodeModel(graph.build()));
  return file;
}

function picture(width: number, height: number, colour: readonly number[]): RgbPicture {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => colour[i % 3]!);
  return { data, width, height };
}

test('the class of a picture of any size is that of the largest value', async () => {
  await using classes = await ClassMeter.open(await classifier('classes.onnx', 3));
  assert.equal(await classes.classOf(picture(5, 7, [200, 10, 90])), 0);
  assert.equal(await classes.classOf(picture(40, 8, [20, 30, 90])), 2);
  assert.equal(await classes.classOf(picture(1, 1, [20, 130, 90])), 1);
});

test('a file that is no classifier of RGB pictures is refused by name', async () => {
  const none = path.join(folder, 'none.onnx');
  await assert.rejects(ClassMeter.open(none), {
    code: 'model',
    message: /none\.onnx does not exist\.$/,
  });
  await writeFile(none, 'no network');
  await assert.rejects(ClassMeter.open(none), { code: 'model', message: /no network that runs/ });
  await assert.rejects(ClassMeter.open(await classifier('grey.onnx', 1)), {
    code: 'model',
    message: /Expected a classifier of one RGB picture .* in .*grey\.onnx/,
  });
});
