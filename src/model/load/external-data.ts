import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, VsrError } from '../../errors.js';
import type { OnnxModel, OnnxTensor } from '../onnx/types.js';
import { readRegularFile } from './regular-file.js';

/** ONNX's number for a tensor whose values are in another file. */
const EXTERNAL = 1;

/**
 * Brings weights that a model keeps in files beside it into the model, in place. Only regular files
 * within `folder` are read, no links that lead out of it: a model comes from strangers, and must
 * not name any file of the machine. Throws VsrError `model` for anything else.
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
 * Every tensor of the model whose values are elsewhere: constants, attributes, inner graphs and
 * functions alike.
 */
function externalTensors(value: unknown, found: OnnxTensor[] = []): readonly OnnxTensor[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return found;
  const tensor = value as OnnxTensor;
  if (tensor.dataLocation === EXTERNAL) found.push(tensor);
  else for (const part of Object.values(value)) externalTensors(part, found);
  return found;
}

/** The real path of the file that a model in `folder` names; `null` unless it lies in there. */
async function fileWithin(folder: string, location: string): Promise<string | null> {
  const steps = location.split(/[\\/]/);
  if (location === '' || location.includes('\0') || steps.includes('..')) return null;
  if (path.isAbsolute(location) || path.win32.isAbsolute(location)) return null;
  const named = path.join(folder, location);
  // What is not there is named by the attempt to read it.
  const [real, home] = await Promise.all([named, folder].map((name) => realpath(name))).catch(
    () => [named, folder] as const,
  );
  return real.startsWith(home + path.sep) ? real : null;
}

/** A whole number of bytes as a model writes it. */
function byteCount(name: string, text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
  throw new Error(`the model gives ${JSON.stringify(text)} as their ${name}`);
}
