// Makes the feature network that ships from the one in ../shared/data/features by storing its
// weights in half precision: node build/scripts/make-features.js
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { halfTensor } from '../src/model/onnx/half-float.js';
import { decodeModel, encodeModel } from '../src/model/onnx/model-file.js';
import { valuesOf } from '../src/model/onnx/tensor-values.js';
import { attributeTypes, elementTypes, type OnnxNode } from '../src/model/onnx/types.js';
import { packageRoot } from '../src/package-root.js';

const from = path.join(packageRoot(), '..', 'shared/data/features/squeezenet10-features.onnx');
const folder = path.join(packageRoot(), 'models/features');

const model = decodeModel(await readFile(from), from);
const graph = model.graph!;
const casts: OnnxNode[] = [];
graph.initializer = (graph.initializer ?? []).map((tensor) => {
  if (tensor.dataType !== elementTypes.float32) return tensor;
  const name = tensor.name ?? '';
  const attribute = [{ name: 'to', type: attributeTypes.int, i: elementTypes.float32 }];
  const names = { input: [`${name}/half`], output: [name], name: `Cast:${name}` };
  casts.push({ ...names, opType: 'Cast', attribute });
  return halfTensor(`${name}/half`, tensor.dims, Array.from(valuesOf(tensor), Number));
});
graph.node = [...casts, ...(graph.node ?? [])];
await mkdir(folder, { recursive: true });
await writeFile(path.join(folder, 'squeezenet10.onnx'), encodeModel(model));
