import type { OnnxGraph } from './onnx/types.js';
import { valuesOf } from './onnx/tensor-values.js';
import { attribute, constantsOf, reachOf } from './reach.js';

/**
 * The width of the edge-repeating Pad that a graph begins with, if the graph is that Pad followed by
 * operations that lose exactly as much again ("valid" convolutions): then the Pad can be left out for
 * tiles that bring their border. 0 for graphs of any other form.
 */
export function borderPadOf(graph: OnnxGraph, input: string, output: string): number {
  const users = (graph.node ?? []).filter((node) => node.input?.includes(input));
  const [pad] = users;
  if (users.length !== 1 || pad?.opType !== 'Pad') return 0;
  const mode = attribute(pad, 'mode')?.s;
  if (mode === undefined || Buffer.from(mode).toString('utf8') !== 'edge') return 0;
  const tensor = constantsOf(graph).get(pad.input?.[1] ?? '');
  if (tensor === undefined) return 0;
  const pads = Array.from(valuesOf(tensor), Number);
  const width = pads[2] ?? 0;
  if (pads.join() !== [0, 0, width, width, 0, 0, width, width].join()) return 0;
  const after = reachOf(graph, pad.output?.[0] ?? '', output);
  const valid =
    after !== null && after.inset === width && after.reach <= width && after.align === 1;
  return valid ? width : 0;
}

/** The graph without its leading Pad: the Pad's users read `input` instead. */
export function withoutBorderPad(graph: OnnxGraph, input: string): OnnxGraph {
  const pad = (graph.node ?? []).find((node) => node.input?.includes(input));
  const padded = pad?.output?.[0];
  const node = (graph.node ?? [])
    .filter((other) => other !== pad)
    .map((other) => ({
      ...other,
      input: (other.input ?? []).map((name) => (name === padded ? input : name)),
    }));
  return { ...graph, node };
}
