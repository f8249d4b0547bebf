import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, VsrError } from '../../errors.js';
import type { OnnxModel, OnnxTensor } from '../onnx/types.js';
import { readRegularFile } from './regular-file.js';

/** `TensorProto.DataLocation.EXTERNAL`: the tensor's values are in another file. */
const EXTERNAL = 1;

/**
 * Reads the weights that a model keeps in other files into the model, in place. Only regular files
 * within `folder`, the model's, are read, and no links that lead out of it: a model may come from
 * an untrusted source, and must not be able to read any file of the machine. Throws VsrError
 * `model` for anything else.
 */
export async function inlineExternalData(model: OnnxModel, folder: string): Promise<void> {
  for (const tensor of externalTensors(model)) {
    const facts = new Map((tensor.externalData ?? []).map(({ key, value }) => [key, value]));
    const location = facts.get('location') ?? '';
    const file = await fileWithin(folder, location);
    if (file === null) {
      throw new VsrError(
        'model',
        `Expected the weights of "${tensor.name ?? ''}" in a file beside the model but it names ${JSON.stringify(location)}. Copy its weights into the model's folder.`,
      );
    }
    try {
      const length = facts.get('length');
      tensor.rawData = await readRegularFile(file, {
        offset: byteCount('offset', facts.get('offset') ?? '0'),
        length: length === undefined ? null : byteCount('length', length),
      });
    } catch (error) {
      throw new VsrError(
        'model',
        `Cannot read the model's weights from ${path.join(folder, location)}: ${messageOf(error)}.`,
        { cause: error },
      );
    }
    delete tensor.dataLocation;
    delete tensor.externalData;
  }
}

/**
 * Every tensor with external data in a model: in constants, attributes, inner graphs and functions.
 */
function externalTensors(value: unknown, found: OnnxTensor[] = []): readonly OnnxTensor[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return found;
  const tensor = value as OnnxTensor;
  if (tensor.dataLocation === EXTERNAL) found.push(tensor);
  else for (const part of Object.values(value)) externalTensors(part, found);
  return found;
}

/**
 * The real path of the file that a model in `folder` names; `null` unless it is within `folder`.
 */
async function fileWithin(folder: string, location: string): Promise<string | null> {
  const steps = location.split(/[\\/]/);
  if (location === '' || location.includes('\0') || steps.includes('..')) return null;
  if (path.isAbsolute(location) || path.win32.isAbsolute(location)) return null;
  const named = path.join(folder, location);
  // A missing file is reported by the attempt to read it.
  const [real, home] = await Promise.all([named, folder].map((name) => realpath(name))).catch(
    () => [named, folder] as const,
  );
  return real.startsWith(home + path.sep) ? real : null;
}

/** The number of bytes in a model's `text`. Throws an Error for anything but a whole number. */
function byteCount(name: string, text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
  throw new Error(`the model gives ${JSON.stringify(text)} as their ${name}`);
}
