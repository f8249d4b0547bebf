import type { INamespace, IType } from 'protobufjs';

/**
 * The fields of a message, each written `name: 'type number'`, with `[]` after the type of a
 * repeated field and `[packed]` after that of a packed one.
 */
type FieldTable = Readonly<Record<string, string>>;

/**
 * The messages of ONNX 1.18 (`onnx.proto`), field names in camel case.
 *
 * All of them, so that a foreign model loses nothing when it is read and written again.
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
const messages: Readonly<Record<string, FieldTable>> = {
  ModelProto: {
    irVersion: 'int64 1',
    producerName: 'string 2',
    producerVersion: 'string 3',
    domain: 'string 4',
    modelVersion: 'int64 5',
    docString: 'string 6',
    graph: 'GraphProto 7',
    opsetImport: 'OperatorSetIdProto[] 8',
    metadataProps: 'StringStringEntryProto[] 14',
    trainingInfo: 'TrainingInfoProto[] 20',
    functions: 'FunctionProto[] 25',
    configuration: 'DeviceConfigurationProto[] 26',
  },
  OperatorSetIdProto: { domain: 'string 1', version: 'int64 2' },
  StringStringEntryProto: { key: 'string 1', value: 'string 2' },
  IntIntListEntryProto: { key: 'int64 1', value: 'int64[] 2' },
  DeviceConfigurationProto: { name: 'string 1', numDevices: 'int32 2', device: 'string[] 3' },
  NodeDeviceConfigurationProto: {
    configurationId: 'string 1',
    shardingSpec: 'ShardingSpecProto[] 2',
    pipelineStage: 'int32 3',
  },
  ShardingSpecProto: {
    tensorName: 'string 1',
    device: 'int64[] 2',
    indexToDeviceGroupMap: 'IntIntListEntryProto[] 3',
    shardedDim: 'ShardedDimProto[] 4',
  },
  ShardedDimProto: { axis: 'int64 1', simpleSharding: 'SimpleShardedDimProto[] 2' },
  SimpleShardedDimProto: { dimValue: 'int64 1', dimParam: 'string 2', numShards: 'int64 3' },
  TrainingInfoProto: {
    initialization: 'GraphProto 1',
    algorithm: 'GraphProto 2',
    initializationBinding: 'StringStringEntryProto[] 3',
    updateBinding: 'StringStringEntryProto[] 4',
  },
  FunctionProto: {
    name: 'string 1',
    input: 'string[] 4',
    output: 'string[] 5',
    attribute: 'string[] 6',
    node: 'NodeProto[] 7',
    docString: 'string 8',
    opsetImport: 'OperatorSetIdProto[] 9',
    domain: 'string 10',
    attributeProto: 'AttributeProto[] 11',
    valueInfo: 'ValueInfoProto[] 12',
    overload: 'string 13',
    metadataProps: 'StringStringEntryProto[] 14',
  },
  GraphProto: {
    node: 'NodeProto[] 1',
    name: 'string 2',
    initializer: 'TensorProto[] 5',
    docString: 'string 10',
    input: 'ValueInfoProto[] 11',
    output: 'ValueInfoProto[] 12',
    valueInfo: 'ValueInfoProto[] 13',
    quantizationAnnotation: 'TensorAnnotation[] 14',
    sparseInitializer: 'SparseTensorProto[] 15',
    metadataProps: 'StringStringEntryProto[] 16',
  },
  NodeProto: {
    input: 'string[] 1',
    output: 'string[] 2',
    name: 'string 3',
    opType: 'string 4',
    attribute: 'AttributeProto[] 5',
    docString: 'string 6',
    domain: 'string 7',
    overload: 'string 8',
    metadataProps: 'StringStringEntryProto[] 9',
    deviceConfigurations: 'NodeDeviceConfigurationProto[] 10',
  },
  AttributeProto: {
    name: 'string 1',
    f: 'float 2',
    i: 'int64 3',
    s: 'bytes 4',
    t: 'TensorProto 5',
    g: 'GraphProto 6',
    floats: 'float[] 7',
    ints: 'int64[] 8',
    strings: 'bytes[] 9',
    tensors: 'TensorProto[] 10',
    graphs: 'GraphProto[] 11',
    docString: 'string 13',
    tp: 'TypeProto 14',
    typeProtos: 'TypeProto[] 15',
    type: 'int32 20',
    refAttrName: 'string 21',
    sparseTensor: 'SparseTensorProto 22',
    sparseTensors: 'SparseTensorProto[] 23',
  },
  TensorProto: {
    dims: 'int64[] 1',
    dataType: 'int32 2',
    segment: 'TensorSegment 3',
    floatData: 'float[packed] 4',
    int32Data: 'int32[packed] 5',
    stringData: 'bytes[] 6',
    int64Data: 'int64[packed] 7',
    name: 'string 8',
    rawData: 'bytes 9',
    doubleData: 'double[packed] 10',
    uint64Data: 'uint64[packed] 11',
    docString: 'string 12',
    externalData: 'StringStringEntryProto[] 13',
    dataLocation: 'int32 14',
    metadataProps: 'StringStringEntryProto[] 16',
  },
  TensorSegment: { begin: 'int64 1', end: 'int64 2' },
  SparseTensorProto: { values: 'TensorProto 1', indices: 'TensorProto 2', dims: 'int64[] 3' },
  TensorAnnotation: {
    tensorName: 'string 1',
    quantParameterTensorNames: 'StringStringEntryProto[] 2',
  },
  ValueInfoProto: {
    name: 'string 1',
    type: 'TypeProto 2',
    docString: 'string 3',
    metadataProps: 'StringStringEntryProto[] 4',
  },
  TypeProto: {
    tensorType: 'TypeTensor 1',
    sequenceType: 'TypeSequence 4',
    mapType: 'TypeMap 5',
    denotation: 'string 6',
    opaqueType: 'TypeOpaque 7',
    sparseTensorType: 'TypeTensor 8',
    optionalType: 'TypeSequence 9',
  },
  TypeTensor: { elemType: 'int32 1', shape: 'TensorShapeProto 2' },
  TypeSequence: { elemType: 'TypeProto 1' },
  TypeMap: { keyType: 'int32 1', valueType: 'TypeProto 2' },
  TypeOpaque: { domain: 'string 1', name: 'string 2' },
  TensorShapeProto: { dim: 'ShapeDimension[] 1' },
  ShapeDimension: { dimValue: 'int64 1', dimParam: 'string 2', denotation: 'string 3' },
};

function typeOf(fields: FieldTable): IType & { edition: string } {
  const parsed: IType['fields'] = {};
  for (const [name, words] of Object.entries(fields)) {
    const [, type, repeats, id] = /^(\w+)(\[\w*\])? (\d+)$/.exec(words)!;
    parsed[name] = {
      type: type!,
      id: Number(id),
      ...(repeats === undefined ? {} : { rule: 'repeated' }),
      ...(repeats === '[packed]' ? { options: { packed: true } } : {}),
    };
  }
  // With proto2, a field set to 0 is written, and an absent one stays absent.
  return { edition: 'proto2', fields: parsed };
}

/** The ONNX messages in the form of protobufjs' `Root.fromJSON`. */
export function onnxSchema(): INamespace {
  return {
    nested: Object.fromEntries(
      Object.entries(messages).map(([name, fields]) => [name, typeOf(fields)]),
    ),
  };
}
