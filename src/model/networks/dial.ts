import type { GraphBuilder } from '../onnx/graph-builder.js';
import { encodeModel } from '../onnx/model-file.js';
import { tensorOf, type ArrayElementType } from '../onnx/tensor-values.js';
import { elementTypes, type OnnxModel, type OnnxTensor } from '../onnx/types.js';
import type { Tensor } from 'onnxruntime-node';
import { onnxRuntime, type Runtime } from '../runtime/onnx-runtime.js';

/**
 * The input of a model with a dial that says how strongly its source is compressed.
 */
const dialName = 'strength';

/** Declares the dial as an input that is 0 where it is not given; returns its name. */
export function addDial(graph: GraphBuilder): string {
  graph.input(dialName, 'float32', [1]);
  return graph.preset(dialName, [0]);
}

/** Whether a model has a dial: an input `strength` of one float32 with a preset value. */
export function hasDial({ graph }: OnnxModel): boolean {
  const isDial = ({ name }: { readonly name?: string }): boolean => name === dialName;
  const preset = graph?.initializer?.find(isDial);
  return (
    preset?.dataType === elementTypes.float32 &&
    preset.dims?.map(Number).join() === '1' &&
    graph?.input?.some(isDial) === true
  );
}

/**
 * The model with its dial fixed at `strength`, 0 to 1: a model like any other, whose weights are
 * constants. `model` must have a dial.
 */
export function withDialAt(model: OnnxModel, strength: number): Promise<OnnxModel> {
  const graph = model.graph!;
  const initializer = (graph.initializer ?? []).map((tensor) =>
    tensor.name === dialName ? tensorOf(dialName, 'float32', [1], [strength]) : tensor,
  );
  const input = (graph.input ?? []).filter(({ name }) => name !== dialName);
  return withConstantsComputed({ ...model, graph: { ...graph, initializer, input } });
}

/**
 * The model with the dial as an input that must be given, so that it can differ from run to run; a
 * model without a dial unchanged.
 */
export function withOpenDial(model: OnnxModel): OnnxModel {
  const graph = model.graph!;
  const initializer = (graph.initializer ?? []).filter(({ name }) => name !== dialName);
  return { ...model, graph: { ...graph, initializer } };
}

/** The input that sets the dial of `withOpenDial` to `strength`, 0 to 1. */
export function dialFeed(ort: Runtime, strength: number): Record<string, Tensor> {
  return { [dialName]: new ort.Tensor('float32', [strength], [1]) };
}

/** The model with every node computed whose inputs are all constants (constant folding). */
async function withConstantsComputed(model: OnnxModel): Promise<OnnxModel> {
  const graph = model.graph!;
  const constant = new Set((graph.initializer ?? []).map(({ name }) => name));
  const [computed, left] = [new Set<object>(), new Set<string>()];
  for (const node of graph.node ?? []) {
    const inputs = (node.input ?? []).filter((name) => name !== '');
    if (inputs.length > 0 && inputs.every((name) => constant.has(name))) {
      computed.add(node);
      for (const name of node.output ?? []) constant.add(name);
    } else for (const name of inputs) left.add(name);
  }
  const nodes = (graph.node ?? []).filter((node) => computed.has(node));
  const wanted = nodes.flatMap((node) => node.output ?? []).filter((name) => left.has(name));
  const used = new Set(nodes.flatMap((node) => node.input ?? []));
  const known = (graph.initializer ?? []).filter(({ name }) => used.has(name ?? ''));
  const ort = await onnxRuntime();
  const session = await ort.InferenceSession.create(
    encodeModel({
      ...model,
      graph: {
        ...graph,
        node: nodes,
        initializer: known,
        input: [],
        output: wanted.map((name) => ({ name })),
      },
    }),
  );
  const results = await session.run({});
  await session.release();
  const found = wanted.map((name): OnnxTensor => {
    const { type, dims, data } = results[name]!;
    return tensorOf(name, type as ArrayElementType, dims, data as Float32Array);
  });
  const initializer = [
    ...(graph.initializer ?? []).filter(({ name }) => left.has(name ?? '')),
    ...found,
  ];
  const node = (graph.node ?? []).filter((each) => !computed.has(each));
  return { ...model, graph: { ...graph, node, initializer } };
}
