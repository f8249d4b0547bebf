import protobuf from 'protobufjs/light.js';
import { messageOf, VsrError } from '../../errors.js';
import { onnxSchema } from './schema.js';
import type { OnnxModel } from './types.js';

let modelType: protobuf.Type | undefined;

function modelProto(): protobuf.Type {
  return (modelType ??= protobuf.Root.fromJSON(onnxSchema()).lookupType('ModelProto'));
}

/** Replaces each bigint that fits a number exactly by that number, in place. */
function narrow(value: unknown): unknown {
  if (typeof value === 'bigint') {
    return BigInt.asIntN(54, value) === value ? Number(value) : value;
  }
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    const fields = value as Record<string, unknown>;
    for (const key of Object.keys(fields)) {
      const old = fields[key];
      if (typeof old === 'bigint' || typeof old === 'object') fields[key] = narrow(old);
    }
  }
  return value;
}

/**
 * Reads the bytes of an ONNX file. `name` is the file's name for messages. Throws VsrError `model`
 * unless they are a whole ONNX model with a graph.
 */
export function decodeModel(bytes: Uint8Array, name = 'The file'): OnnxModel {
  const advice = 'Is it an ONNX file, and was it copied whole?';
  let model: OnnxModel;
  try {
    const message = modelProto().decode(bytes);
    model = narrow(modelProto().toObject(message, { longs: BigInt })) as OnnxModel;
  } catch (error) {
    const reason = messageOf(error).replace(/\.$/, '');
    throw new VsrError(
      'model',
      `${name} (${bytes.length} bytes) cannot be read as an ONNX model: ${reason}. ${advice}`,
      { cause: error },
    );
  }
  if (model.graph?.node === undefined || model.opsetImport === undefined) {
    throw new VsrError(
      'model',
      `${name} (${bytes.length} bytes) holds no ONNX graph with its operator set. ${advice}`,
    );
  }
  return model;
}

/** Writes a model as the bytes of an ONNX file. */
export function encodeModel(model: OnnxModel): Uint8Array {
  return modelProto().encode(modelProto().fromObject(model)).finish();
}
