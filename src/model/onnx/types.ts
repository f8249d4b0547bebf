/** A 64-bit integer: a number while that is exact, a bigint beyond 2^53. */
export type OnnxInteger = number | bigint;

/** Element types (`TensorProto.DataType`), by the names that vsr uses. */
export const elementTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const;

/** The name of an element type. */
export type ElementType = keyof typeof elementTypes;

/** Attribute kinds (`AttributeProto.AttributeType`). */
export const attributeTypes = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
} as const;

/** A key with its value, the form of metadata. */
export type OnnxStringEntry = { key: string; value: string };

/** A constant. The values are in `rawData` (little endian) or in the one typed list that fits. */
export type OnnxTensor = {
  dims?: OnnxInteger[];
  dataType?: number;
  name?: string;
  rawData?: Uint8Array;
  floatData?: number[];
  /** Also holds int8, uint8, int16, uint16, bool and the bits of float16. */
  int32Data?: number[];
  int64Data?: OnnxInteger[];
  doubleData?: number[];
  uint64Data?: OnnxInteger[];
  stringData?: Uint8Array[];
  externalData?: OnnxStringEntry[];
  dataLocation?: number;
  docString?: string;
};

/** One attribute of a node; `type` says which field holds the value. */
export type OnnxAttribute = {
  name: string;
  type?: number;
  f?: number;
  i?: OnnxInteger;
  s?: Uint8Array;
  t?: OnnxTensor;
  g?: OnnxGraph;
  floats?: number[];
  ints?: OnnxInteger[];
  strings?: Uint8Array[];
  tensors?: OnnxTensor[];
  graphs?: OnnxGraph[];
  refAttrName?: string;
  docString?: string;
};

/** One operation. An empty name among the inputs means that an optional input is left out. */
export type OnnxNode = {
  input?: string[];
  output?: string[];
  name?: string;
  opType: string;
  domain?: string;
  overload?: string;
  attribute?: OnnxAttribute[];
  docString?: string;
  metadataProps?: OnnxStringEntry[];
};

/** One extent of a shape: a number, a name, or (neither set) unknown. */
export type OnnxDimension = { dimValue?: OnnxInteger; dimParam?: string; denotation?: string };

/** An input, output or annotated value of a graph. */
export type OnnxValueInfo = {
  name: string;
  type?: {
    tensorType?: { elemType?: number; shape?: { dim?: OnnxDimension[] } };
    denotation?: string;
  };
  docString?: string;
};

/** A graph: nodes in an order in which every value is made before it is used. */
export type OnnxGraph = {
  node?: OnnxNode[];
  name?: string;
  initializer?: OnnxTensor[];
  input?: OnnxValueInfo[];
  output?: OnnxValueInfo[];
  valueInfo?: OnnxValueInfo[];
  docString?: string;
  metadataProps?: OnnxStringEntry[];
};

/**
 * A model file as plain objects. Fields that are absent in the file are absent here. Fields that
 * the types do not name (functions, quantisation annotations, ...) are kept.
 */
export type OnnxModel = {
  irVersion?: OnnxInteger;
  opsetImport?: { domain?: string; version?: OnnxInteger }[];
  producerName?: string;
  producerVersion?: string;
  domain?: string;
  modelVersion?: OnnxInteger;
  docString?: string;
  graph?: OnnxGraph;
  metadataProps?: OnnxStringEntry[];
};
