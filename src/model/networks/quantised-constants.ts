import { LARGEST_WEIGHT, SMALLEST_RANGE } from '../autodiff/eight-bit-codes.js';
import { layerWeights, plainLayers } from '../language/layers.js';
import { type Network, partsOfDial, type Weights, withoutDial } from '../language/network.js';
import type { GraphBuilder } from '../onnx/graph-builder.js';
import { elementTypes } from '../onnx/types.js';
import { addDial } from './dial.js';
import { valuesOfWhole, wholeWeights } from './whole-weights.js';

/** The names of the constants of a convolution in 8 bits. */
type WholeNames = {
  readonly codes: string;
  readonly weightSteps: string;
  readonly zeros: string;
  readonly bias: string;
};

/** Adds the constants of layers to a graph; to be called once per layer, in their order. */
export type QuantisedConstants = {
  /**
   * Kernel and bias of a layer written in floats. If the step of its input is given, they are
   * rounded to multiples of their steps.
   */
  readonly float: (layer: number, stepIn: number | null) => readonly [string, string];
  /** The constants of a layer that computes in 8 bits. */
  readonly whole: (layer: number, stepIn: number) => WholeNames;
};

/** The constants of a network without a dial. */
export function plainConstants(
  graph: GraphBuilder,
  network: Network,
  weights: Weights,
): QuantisedConstants {
  const layers = plainLayers(network);
  const values = layerWeights(network, weights);
  const dims = (i: number): number[] => {
    const { outputs, inputs, kernel } = layers[i]!;
    return [outputs, inputs, kernel, kernel];
  };
  return {
    float(i, stepIn) {
      const { kernel, bias } =
        stepIn === null
          ? values[i]!
          : valuesOfWhole(wholeWeights(values[i]!.kernel, values[i]!.bias, stepIn), stepIn);
      return [
        graph.initializer(`float${i}.weight`, 'float32', dims(i), kernel),
        graph.initializer(`float${i}.bias`, 'float32', [layers[i]!.outputs], bias),
      ];
    },
    whole(i, stepIn) {
      const { outputs } = layers[i]!;
      const coarse = wholeWeights(values[i]!.kernel, values[i]!.bias, stepIn);
      return {
        codes: graph.initializer('weights', 'int8', dims(i), coarse.codes),
        weightSteps: graph.floats('weightSteps', coarse.steps),
        zeros: graph.initializer('weightZeros', 'int8', [outputs], new Int8Array(outputs)),
        bias: graph.initializer('bias', 'int32', [outputs], coarse.bias),
      };
    },
  };
}

/**
 * The constants of a network with a dial: nodes that compute them from the dial, and round them as
 * `wholeWeights` does. Once the dial is fixed (`withDialAt`), they become constants.
 */
export function dialConstants(
  graph: GraphBuilder,
  network: Network,
  weights: Weights,
): QuantisedConstants {
  const layers = plainLayers(network);
  const { base, slopes } = partsOfDial(weights);
  const plain = withoutDial(network);
  const [atZero, growth] = [layerWeights(plain, base), layerWeights(plain, slopes)];
  const dial = addDial(graph);
  const atDial = (i: number, what: 'kernel' | 'bias'): string => {
    const { outputs, inputs, kernel: k } = layers[i]!;
    const dims = what === 'kernel' ? [outputs, inputs, k, k] : [outputs];
    const constant = (name: string, values: Float32Array): string =>
      graph.initializer(name, 'float32', dims, values);
    const slope = constant(`layer${i}.${what}.slope`, growth[i]![what]);
    const start = constant(`layer${i}.${what}`, atZero[i]![what]);
    return graph.op('Add', [start, graph.op('Mul', [slope, dial])]);
  };
  const whole = (i: number, stepIn: number) => {
    const { outputs } = layers[i]!;
    const kernel = atDial(i, 'kernel');
    const reach = graph.op('ReduceMax', [graph.op('Abs', [kernel])], {
      ...{ axes: [1, 2, 3], keepdims: 0 },
    });
    const largest = graph.op('Max', [reach, graph.floats('least', SMALLEST_RANGE)]);
    const weightSteps = graph.op('Div', [largest, graph.floats('codes', LARGEST_WEIGHT)]);
    const zeros = graph.initializer('weightZeros', 'int8', [outputs], new Int8Array(outputs));
    const codes = graph.op('QuantizeLinear', [kernel, weightSteps, zeros], { axis: 0 });
    const sumSteps = graph.op('Mul', [weightSteps, graph.floats('stepIn', stepIn)]);
    const sums = graph.op('Round', [graph.op('Div', [atDial(i, 'bias'), sumSteps])]);
    return { codes, weightSteps, zeros, sums, sumSteps };
  };
  return {
    float(i, stepIn) {
      if (stepIn === null) return [atDial(i, 'kernel'), atDial(i, 'bias')];
      const { codes, weightSteps, zeros, sums, sumSteps } = whole(i, stepIn);
      return [
        graph.op('DequantizeLinear', [codes, weightSteps, zeros], { axis: 0 }),
        graph.op('Mul', [sums, sumSteps]),
      ];
    },
    whole(i, stepIn) {
      const { codes, weightSteps, zeros, sums } = whole(i, stepIn);
      const bias = graph.op('Cast', [sums], { to: elementTypes.int32 });
      return { codes, weightSteps, zeros, bias };
    },
  };
}
