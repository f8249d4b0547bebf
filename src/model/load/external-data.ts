import { open } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, VsrError } from '../../errors.js';
import type { OnnxModel } from '../onnx/types.js';

/**
 * Brings weights that a model keeps in files beside it into the model, in place. Only files within
 * `folder` are read: a model comes from strangers, and must not name any file of the machine.
 */
export async function inlineExternalData(model: OnnxModel, folder: string): Promise<void> {
  for (const tensor of model.graph?.initializer ?? []) {
    if (tensor.dataLocation !== 1) continue;
    const facts = new Map((tensor.externalData ?? []).map(({ key, value }) => [key, value]));
    const location = facts.get('location') ?? '';
    const file = path.resolve(folder, location);
    if (location === '' || !file.startsWith(folder + path.sep)) {
      throw new VsrError(
        'model',
        `Expected the weights of "${tensor.name ?? ''}" in a file beside the model but it names "${location}".`,
      );
    }
    const offset = Number(facts.get('offset') ?? 0);
    try {
      await using handle = await open(file);
      const length = Number(facts.get('length') ?? (await handle.stat()).size - offset);
      const bytes = new Uint8Array(length);
      const { bytesRead } = await handle.read(bytes, 0, length, offset);
      if (bytesRead < length) throw new Error(`it ends ${length - bytesRead} bytes early`);
      tensor.rawData = bytes;
    } catch (error) {
      throw new VsrError(
        'model',
        `Cannot read the model's weights from ${file}: ${messageOf(error)}.`,
        { cause: error },
      );
    }
    delete tensor.dataLocation;
    delete tensor.externalData;
  }
}
