import { halfTensor } from './half-float.js';
import { type ArrayElementType, tensorOf, type TensorValues } from './tensor-values.js';
import {
  attributeTypes,
  type ElementType,
  elementTypes,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValueInfo,
} from './types.js';

/**
 * The value of an attribute. A whole number becomes an int, any other number a float, and a list
 * ints: give a float that is whole as `{ float: 1 }`, and floats as a `Float32Array`.
 */
export type AttributeValue =
  number | string | readonly number[] | Float32Array | { readonly float: number };

/** A shape: numbers, and names for extents that are known only at run time. */
export type Shape = readonly (number | string)[];

/** What a model file holds besides its graph. */
export type ModelFacts = {
  /** Version of ONNX's operators. Default: 17. */
  readonly opset?: number;
  /** Version of the file format. Default: 8. */
  readonly irVersion?: number;
  /** Metadata of the model, written in this order. */
  readonly metadata?: Readonly<Record<string, string>>;
};

function attributeOf(name: string, value: AttributeValue): OnnxAttribute {
  if (typeof value === 'string') {
    return { name, type: attributeTypes.string, s: Buffer.from(value, 'utf8') };
  }
  if (typeof value === 'number') {
    return Number.isInteger(value)
      ? { name, type: attributeTypes.int, i: value }
      : { name, type: attributeTypes.float, f: value };
  }
  if (value instanceof Float32Array) {
    return { name, type: attributeTypes.floats, floats: [...value] };
  }
  if ('float' in value) return { name, type: attributeTypes.float, f: value.float };
  return { name, type: attributeTypes.ints, ints: [...value] };
}

function valueInfo(name: string, type: ElementType, shape: Shape): OnnxValueInfo {
  const dim = shape.map((extent) =>
    typeof extent === 'number' ? { dimValue: extent } : { dimParam: extent },
  );
  return { name, type: { tensorType: { elemType: elementTypes[type], shape: { dim } } } };
}

/** Builds a graph node by node; each call that adds a value returns the value's name. */
export class GraphBuilder {
  readonly #name: string;
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: OnnxTensor[] = [];
  readonly #inputs: OnnxValueInfo[] = [];
  readonly #outputs: OnnxValueInfo[] = [];
  readonly #taken = new Set<string>();
  readonly #domains = new Set<string>();

  constructor(name: string) {
    this.#name = name;
  }

  /** A name not used yet: `base`, or `base` with a number after it. */
  unique(base: string): string {
    let name = base;
    for (let n = 1; this.#taken.has(name); n++) name = `${base}_${n}`;
    this.#taken.add(name);
    return name;
  }

  /** Declares an input of the graph. */
  input(name: string, type: ElementType, shape: Shape): string {
    this.#taken.add(name);
    this.#inputs.push(valueInfo(name, type, shape));
    return name;
  }

  /** A constant of `dims`. */
  initializer(
    name: string,
    type: ArrayElementType,
    dims: readonly number[],
    values: TensorValues | readonly number[],
  ): string {
    const unique = this.unique(name);
    this.#initializers.push(tensorOf(unique, type, dims, values));
    return unique;
  }

  /** A float16 constant of `dims`. */
  halves(name: string, dims: readonly number[], values: ArrayLike<number>): string {
    const unique = this.unique(name);
    this.#initializers.push(halfTensor(unique, dims, values));
    return unique;
  }

  /** Gives an input of float32 with one axis the values that it has where none are given. */
  preset(input: string, values: readonly number[]): string {
    this.#initializers.push(tensorOf(input, 'float32', [values.length], values));
    return input;
  }

  /** A float32 constant: a scalar, or a tensor of one axis. */
  floats(name: string, values: number | readonly number[] | Float32Array): string {
    if (typeof values === 'number') return this.initializer(name, 'float32', [], [values]);
    return this.initializer(name, 'float32', [values.length], values);
  }

  /** An int64 constant of one axis, the form of shapes, axes and pads. */
  ints(name: string, values: readonly number[]): string {
    return this.initializer(name, 'int64', [values.length], values);
  }

  /**
   * Adds an operation with one output and returns that output's name, which is `output` if given.
   * An input `''` leaves out an optional input. A `type` of another domain than ONNX's own is
   * written `<domain>:<type>`.
   */
  op(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    output?: string,
  ): string {
    return this.ops(type, inputs, 1, attributes, output === undefined ? undefined : [output])[0]!;
  }

  /** As `op`, for an operation with `count` outputs; returns their names. */
  ops(
    type: string,
    inputs: readonly string[],
    count: number,
    attributes: Readonly<Record<string, AttributeValue>> = {},
    outputs?: readonly string[],
  ): string[] {
    const [opType, domain = ''] = type.split(':').reverse() as [string, string?];
    const names = outputs ?? Array.from({ length: count }, () => this.unique(opType.toLowerCase()));
    for (const name of names) this.#taken.add(name);
    if (domain !== '') this.#domains.add(domain);
    this.#nodes.push({
      ...(domain === '' ? {} : { domain }),
      input: [...inputs],
      output: [...names],
      name: `${opType}:${names[0]!}`,
      opType,
      attribute: Object.entries(attributes).map(([key, value]) => attributeOf(key, value)),
    });
    return [...names];
  }

  /**
   * Adds all nodes and constants of another graph, unchanged: none of their names may be taken yet.
   */
  append(graph: OnnxGraph): void {
    this.#nodes.push(...(graph.node ?? []));
    this.#initializers.push(...(graph.initializer ?? []));
  }

  /** Declares a value of the graph as an output. */
  output(name: string, type: ElementType, shape: Shape): void {
    this.#outputs.push(valueInfo(name, type, shape));
  }

  /** The whole model. */
  build(facts: ModelFacts = {}): OnnxModel {
    const metadataProps = Object.entries(facts.metadata ?? {}).map(([key, value]) => ({
      key,
      value,
    }));
    return {
      irVersion: facts.irVersion ?? 8,
      producerName: 'vsr',
      opsetImport: [
        { domain: '', version: facts.opset ?? 17 },
        ...[...this.#domains].map((domain) => ({ domain, version: 1 })),
      ],
      graph: {
        name: this.#name,
        node: this.#nodes,
        initializer: this.#initializers,
        input: this.#inputs,
        output: this.#outputs,
      },
      metadataProps,
    };
  }
}
