import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, VsrError } from '../../errors.js';
import { packageRoot } from '../../package-root.js';
import type { ModelCard } from './card.js';

/** A shipped model. */
export type CatalogueEntry = {
  /** The name that `--model` takes: `espcn-16-x2`, `espcn-16-codec-x2`, `research/espcn-16-x2`. */
  readonly name: string;
  readonly arch: string;
  readonly scale: number;
  /** Absolute path of the ONNX file. */
  readonly file: string;
  readonly card: ModelCard;
};

/** The folder of the shipped models. */
export function modelsFolder(): string {
  return path.join(packageRoot(), 'models');
}

async function cardsIn(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => name.endsWith('.json')).sort();
  } catch (cause) {
    // A folder that is not there has no models.
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new VsrError('model', `Cannot read the models in ${folder}: ${messageOf(cause)}.`, {
      cause,
    });
  }
}

/**
 * All models of the catalogue, sorted by name, those for research (where present) last. Throws
 * VsrError `model` for a card that cannot be read.
 */
export async function catalogue(folder = modelsFolder()): Promise<CatalogueEntry[]> {
  const entries: CatalogueEntry[] = [];
  for (const below of ['', 'research']) {
    for (const name of await cardsIn(path.join(folder, below))) {
      const file = path.join(folder, below, name);
      try {
        const card = JSON.parse(await readFile(file, 'utf8')) as ModelCard;
        entries.push({
          name: path.posix.join(below, path.basename(name, '.json')),
          arch: card.arch,
          scale: card.scale,
          file: path.join(folder, below, card.file),
          card,
        });
      } catch (error) {
        throw new VsrError('model', `Cannot read the model card ${file}: ${messageOf(error)}.`, {
          cause: error,
        });
      }
    }
  }
  return entries;
}
