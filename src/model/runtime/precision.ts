import { badValue, VsrError } from '../../errors.js';
import { elementTypes, type OnnxGraph } from '../onnx/types.js';
import { onlyKeptInHalf } from '../graph/half-precision.js';
import { candidatesFor, type ProviderCandidate, type ProviderChoice } from './providers.js';

/** What can be asked for; `auto` is the best that is no loss here (docs/adr/0014-precision.md). */
export const precisionNames = ['auto', 'fp32', 'fp16', 'int8'] as const;

/** What is asked for. */
export type PrecisionChoice = (typeof precisionNames)[number];

/** What really computes: single or half precision, or whole numbers of 8 bits. */
export type Precision = Exclude<PrecisionChoice, 'auto'>;

const wholeNumbers = new Set('QLinearConv ConvInteger QLinearMatMul MatMulInteger'.split(' '));

/**
 * What a graph computes in, as its file has it: 8 bits where any layer is quantised. Weights that
 * are only kept in half precision say nothing.
 */
export function precisionOf(graph: OnnxGraph): Precision {
  const nodes = graph.node ?? [];
  const quantised = nodes.some(
    ({ opType }) => wholeNumbers.has(opType) || opType === 'DequantizeLinear',
  );
  if (quantised) return 'int8';
  const kept = onlyKeptInHalf(graph);
  const half = (graph.initializer ?? []).some(
    ({ dataType, name = '' }) => dataType === elementTypes.float16 && !kept.has(name),
  );
  return half ? 'fp16' : 'fp32';
}

/** What a chain of models computes in, as their files have it; `int8` where any of them does. */
export function precisionOfPasses(passes: readonly { readonly precision: Precision }[]): Precision {
  const all = passes.map(({ precision }) => precision);
  return all.find((precision) => precision === 'int8') ?? all[0] ?? 'fp32';
}

/**
 * The providers to try for a chain that computes in `own` where `asked` is wanted. Half precision
 * is for devices only, and 8-bit networks are for the processor, unless another is named. Asking
 * for half precision where there is no device is a VsrError 'option'.
 */
export function candidatesIn(
  asked: PrecisionChoice,
  own: Precision,
  choice: ProviderChoice,
): ProviderCandidate[] {
  if (own === 'int8' && choice.name === 'auto') return [{ name: 'cpu', device: 0 }];
  const all = candidatesFor(choice);
  if (asked !== 'fp16') return all;
  const devices = all.filter(({ name }) => name !== 'cpu');
  if (devices.length > 0) return devices;
  const others = precisionNames.filter((name) => name !== asked).join(', ');
  throw choice.name === 'cpu'
    ? badValue(`one of ${others}`, '--precision on the CPU', asked, 'Half precision is for GPUs.')
    : new VsrError(
        'option',
        `Expected a GPU for --precision fp16 but none was found here. Choose one of ${others}.`,
      );
}
