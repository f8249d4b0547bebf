import { writeFile } from 'node:fs/promises';
import { GraphBuilder } from '../../src/model/onnx/graph-builder.js';
import { encodeModel } from '../../src/model/onnx/model-file.js';

/**
 * Writes the cheapest 2x network there is, which repeats every luma sample: a sweep checks
 * everything but the network.
 */
export async function writeNearestModel(file: string): Promise<void> {
  const graph = new GraphBuilder('nearest');
  const image = graph.input('image', 'float32', ['n', 1, 'h', 'w']);
  const ones = graph.initializer('ones', 'float32', [4, 1, 1, 1], new Float32Array(4).fill(1));
  const four = graph.op('Conv', [image, ones], { kernel_shape: [1, 1] });
  graph.op('DepthToSpace', [four], { blocksize: 2 }, 'enlarged');
  graph.output('enlarged', 'float32', ['n', 1, 'h2', 'w2']);
  await writeFile(file, encodeModel(graph.build()));
}
