import type { OnnxGraph } from '../onnx/types.js';
import { valuesOf } from '../onnx/tensor-values.js';
import { attribute, constantsOf, type Reach, reachOf } from './reach.js';

/** The Pad that is the only user of the input and repeats the edge equally on all sides. */
function edgePad(graph: OnnxGraph, input: string): { width: number; output: string } | null {
  const users = (graph.node ?? []).filter((node) => node.input?.includes(input));
  const [pad] = users;
  if (users.length !== 1 || pad?.opType !== 'Pad') return null;
  const mode = attribute(pad, 'mode')?.s;
  if (mode === undefined || Buffer.from(mode).toString('utf8') !== 'edge') return null;
  const tensor = constantsOf(graph).get(pad.input?.[1] ?? '');
  if (tensor === undefined) return null;
  const pads = Array.from(valuesOf(tensor), Number);
  const width = pads[2] ?? 0;
  if (pads.join() !== [0, 0, width, width, 0, 0, width, width].join()) return null;
  return { width, output: pad.output?.[0] ?? '' };
}

/** The width of the edge-repeating Pad that a graph begins with, in samples; 0 without one. */
export function edgePadOf(graph: OnnxGraph, input: string): number {
  return edgePad(graph, input)?.width ?? 0;
}

/**
 * The edge-repeating Pad that a graph begins with, of one width on all sides, if the rest of the
 * graph loses exactly as many samples ("valid" convolutions), and the reach of that rest; `null`
 * for graphs of any other form.
 */
export function leadingPadOf(
  graph: OnnxGraph,
  input: string,
  output: string,
): { readonly width: number; readonly after: Reach } | null {
  const pad = edgePad(graph, input);
  if (pad === null) return null;
  const { width } = pad;
  const after = reachOf(graph, pad.output, output);
  return after?.inset === width ? { width, after } : null;
}

/**
 * The width of a leading Pad that can be left out for tiles that come with a border and may begin
 * anywhere; 0 for graphs of any other form.
 */
export function borderPadOf(graph: OnnxGraph, input: string, output: string): number {
  const pad = leadingPadOf(graph, input, output);
  return pad !== null && pad.after.reach <= pad.width && pad.after.align === 1 ? pad.width : 0;
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
