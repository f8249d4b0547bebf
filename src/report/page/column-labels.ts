import type { FigureColumn } from '../../metrics/frame-row.js';

/** Names of the log's columns for people. */
export const columnLabels: Readonly<Record<FigureColumn, string>> = {
  psnrY: 'Y to reference',
  psnrU: 'U to reference',
  psnrV: 'V to reference',
  psnrYBicubic: 'bicubic to reference',
  psnrToBicubicY: 'to bicubic',
  psnrToSourceY: 'to source',
  flickerY: 'flicker beyond the reference',
  flickerYBicubic: 'of bicubic beyond the reference',
  flickerToBicubicY: 'flicker beyond bicubic',
};
