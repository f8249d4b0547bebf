import { GraphBuilder, type AttributeValue } from '../onnx/graph-builder.js';

/** A value of the graph whose shape is known when the graph is built. */
export type Value = {
  readonly name: string;
  readonly shape: readonly number[];
};

/**
 * One input of an operation, and what the gradient of the operation's output means for it: adds
 * nodes that turn the one into the other. The result has the input's shape.
 */
export type Edge = readonly [input: Value, gradientOf: (gradient: Value) => Value];

/** How many elements a shape has. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/**
 * Reverse-mode differentiation while a graph is being built: every operation writes its node and
 * leaves a note of its inputs' gradients; `backward` reads the notes from the end.
 *
 * Only values that depend on something declared `wanted` get gradient nodes, so the picture that
 * goes in costs nothing on the way back.
 */
export class Tape {
  readonly graph: GraphBuilder;
  readonly #notes: { readonly output: Value; readonly edges: readonly Edge[] }[] = [];
  readonly #wanted = new Set<string>();
  readonly #gradients = new Map<string, Value>();

  /**
   * Channels in a block of the runtime's own layout, in which convolutions are then written; 0 for
   * none.
   */
  readonly block: number;

  constructor(graph: GraphBuilder, block = 0) {
    this.graph = graph;
    this.block = block;
  }

  /** Asks for the gradient of `value` (and of whatever depends on it). */
  want(value: Value): Value {
    this.#wanted.add(value.name);
    return value;
  }

  /** Adds one plain node without a gradient. */
  node(
    type: string,
    inputs: readonly Value[],
    shape: readonly number[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    constants: readonly string[] = [],
  ): Value {
    const names = [...inputs.map((input) => input.name), ...constants];
    return { name: this.graph.op(type, names, attributes), shape };
  }

  /** A scalar constant. */
  scalar(value: number): Value {
    return { name: this.graph.floats('scalar', value), shape: [] };
  }

  /** Notes how the gradient of `output` flows to each input; returns `output`. */
  record(output: Value, edges: readonly Edge[]): Value {
    const live = edges.filter(([input]) => this.#wanted.has(input.name));
    if (live.length > 0) {
      this.#wanted.add(output.name);
      this.#notes.push({ output, edges: live });
    }
    return output;
  }

  /** Adds the gradient nodes of everything wanted that `loss`, a scalar, depends on. */
  backward(loss: Value): void {
    this.#gradients.set(loss.name, this.scalar(1));
    for (const { output, edges } of this.#notes.reverse()) {
      const gradient = this.#gradients.get(output.name);
      if (gradient === undefined) continue;
      for (const [input, gradientOf] of edges) {
        const part = gradientOf(gradient);
        const before = this.#gradients.get(input.name);
        const sum = before === undefined ? part : this.node('Add', [before, part], input.shape);
        this.#gradients.set(input.name, sum);
      }
    }
  }

  /** The gradient that `backward` found for a wanted value. */
  gradient(value: Value): Value {
    const gradient = this.#gradients.get(value.name);
    if (gradient === undefined) throw new RangeError(`the loss does not depend on ${value.name}`);
    return gradient;
  }
}
