import { badValue, VsrError } from '../../errors.js';
import { elementTypes, type OnnxGraph } from '../onnx/types.js';
import { onlyKeptInHalf } from '../graph/half-precision.js';
import { candidatesFor, type ProviderCandidate, type ProviderChoice } from './providers.js';

/**
 * The precisions that can be asked for. `auto` is the fastest on this machine that loses nothing
 * visible (docs/adr/0014-precision.md).
 */
export const precisionNames = ['auto', 'fp32', 'fp16', 'int8'] as const;

/** A precision to ask for. */
export type PrecisionChoice = (typeof precisionNames)[number];

/** The precision that layers compute in: single, half, or 8-bit integers. */
export type Precision = Exclude<PrecisionChoice, 'auto'>;

const integerOperations = new Set('QLinearConv ConvInteger QLinearMatMul MatMulInteger'.split(' '));

/**
 * The precision of a graph: `int8` if any layer is quantised, `fp16` if it has constants in half
 * precision, except those that are kept so only to make the file smaller.
 */
export function precisionOf(graph: OnnxGraph): Precision {
  const nodes = graph.node ?? [];
  const quantised = nodes.some(
    ({ opType }) => integerOperations.has(opType) || opType === 'DequantizeLinear',
  );
  if (quantised) return 'int8';
  const kept = onlyKeptInHalf(graph);
  const half = (graph.initializer ?? []).some(
    ({ dataType, name = '' }) => dataType === elementTypes.float16 && !kept.has(name),
  );
  return half ? 'fp16' : 'fp32';
}

/** The precision of a chain of models: `int8` if any is, otherwise that of the first. */
export function precisionOfPasses(passes: readonly { readonly precision: Precision }[]): Precision {
  const all = passes.map(({ precision }) => precision);
  return all.find((precision) => precision === 'int8') ?? all[0] ?? 'fp32';
}

/**
 * The providers to try for a chain of precision `own` if `asked` is asked for. Half precision is
 * for GPUs only, and 8-bit networks are for the CPU unless another provider is named. Throws
 * VsrError `option` if half precision is asked for without a GPU, and VsrError `provider` for a
 * provider that this system cannot have.
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
