import { GraphBuilder, type AttributeValue } from '../onnx/graph-builder.js';

/** A value of the graph whose shape is known when the graph is built. */
export type Value = {
  readonly name: string;
  readonly shape: readonly number[];
};

/**
 * One input of an operation, with a function that adds the nodes for its gradient, given the
 * gradient of the operation's output. The result has the input's shape.
 */
export type Edge = readonly [input: Value, gradientOf: (gradient: Value) => Value];

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/**
 * Reverse-mode differentiation while a graph is being built: every operation writes its node and
 * notes how its inputs get their gradients; `backward` reads the notes from last to first.
 *
 * Only values that depend on one given to `want` get gradient nodes, so that the input picture
 * costs nothing in the backward pass.
 */
export class Tape {
  readonly graph: GraphBuilder;
  readonly #notes: { readonly output: Value; readonly edges: readonly Edge[] }[] = [];
  readonly #wanted = new Set<string>();
  readonly #gradients = new Map<string, Value>();

  /**
   * Channels per block of the runtime's blocked layout (`blocked.ts`), which convolutions then use;
   * 0 for the plain layout.
   */
  readonly block: number;

  constructor(graph: GraphBuilder, block = 0) {
    this.graph = graph;
    this.block = block;
  }

  /** Asks for the gradient of `value`; returns `value`. Call it before operations on the value. */
  want(value: Value): Value {
    this.#wanted.add(value.name);
    return value;
  }

  /**
   * Adds one plain node, which has no gradient until `record` notes one. `constants` are names of
   * initializers, which come after `inputs`; `shape` is the shape of the result.
   */
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

  /** The gradient that `backward` found for a wanted value. A RangeError if the loss has none. */
  gradient(value: Value): Value {
    const gradient = this.#gradients.get(value.name);
    if (gradient === undefined) throw new RangeError(`the loss does not depend on ${value.name}`);
    return gradient;
  }
}
