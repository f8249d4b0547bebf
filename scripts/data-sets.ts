import type { CardData } from '../src/model/catalogue/card.js';

/**
 * Pictures to train on: their folders below ../shared/data (`@0.6`: reduced to 0.6 of their size),
 * the sizes at which they are used a second time, and what the model's card says of them.
 */
export type DataSet = {
  readonly sources: readonly string[];
  readonly alsoReduced: readonly number[];
  readonly trainedOn: readonly CardData[];
};

/**
 * Openly licensed photographs, reduced until they are as sharp per sample as the benchmark's.
 */
export const openPictures: DataSet = {
  sources: ['train/CLIC2025@0.6', 'train/CID22@0.6', 'train/budgie_cc0@0.3'],
  alsoReduced: [0.75, 0.55, 0.42],
  trainedOn: [
    { name: 'CLIC2025 validation, reduced', licence: 'Unsplash License' },
    { name: 'CID22 training, reduced', licence: 'CC BY-SA 4.0' },
    { name: 'Budgie backgrounds, reduced', licence: 'CC0-1.0' },
  ],
};

/** The same and 191 more, which are sharp as they are. */
export const morePictures: DataSet = {
  sources: [...openPictures.sources, 'train/open_photos'],
  alsoReduced: openPictures.alsoReduced,
  trainedOn: [
    ...openPictures.trainedOn,
    { name: 'CID22 training, 119 more', licence: 'CC BY-SA 4.0' },
    { name: 'CLIC2025, 10 more', licence: 'Unsplash License' },
    { name: 'Fedora backgrounds F26 to F31', licence: 'CC0 1.0, CC BY 4.0, CC BY-SA 4.0' },
    {
      name: 'wallpapers of elementary OS, Pop!_OS, Ubuntu MATE, Budgie and Debian',
      licence: 'CC0, CC BY-SA 4.0, Unsplash License, Pexels License, public domain as stated',
    },
    {
      name: 'hhoppe/data, immich test-assets, Nextcloud example-files, link-u/avif-sample-images',
      licence: 'CC0, public domain as stated, CC BY, CC BY-SA 4.0',
    },
  ],
};

/** What the papers train on; free for research only. */
export const researchPictures: DataSet = {
  sources: ['train/T91', 'train/BSD200'],
  alsoReduced: [],
  trainedOn: [
    { name: 'T91', licence: 'unknown, research only' },
    { name: 'BSD200', licence: 'Berkeley BSDS, non-commercial research only' },
  ],
};
