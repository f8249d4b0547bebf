/**
 * What can be done with fields. `frame`: one whole frame for each of the source's. `field`: one for
 * each field, twice as many. `auto` and `auto-field`: as `frame` and `field`, where the clip was
 * detected as interlaced.
 */
export const deinterlaceModes = ['off', 'auto', 'auto-field', 'frame', 'field'] as const;
export type DeinterlaceMode = (typeof deinterlaceModes)[number];

/** Whether a mode leaves frames alone that were not detected as interlaced. */
export function isAutomatic(mode: DeinterlaceMode): boolean {
  return mode === 'auto' || mode === 'auto-field';
}

/** How many frames a mode makes of a frame's fields; `null` for none. */
export function rateOfMode(mode: DeinterlaceMode): 'frame' | 'field' | null {
  if (mode === 'off') return null;
  return mode === 'auto' || mode === 'frame' ? 'frame' : 'field';
}

/** Which field comes first; `auto` is what was detected. */
export const fieldOrders = ['auto', 'top', 'bottom'] as const;
export type FieldOrderChoice = (typeof fieldOrders)[number];

/** `auto`: pictures of film whose fields lie in several frames are put together again. */
export const telecineModes = ['off', 'auto'] as const;
export type TelecineMode = (typeof telecineModes)[number];

/** Whether frames that repeat the one before at regular intervals stay. */
export const repeatModes = ['keep', 'drop'] as const;
export type RepeatMode = (typeof repeatModes)[number];

/** Whether noise is removed: `auto` removes as much as was measured, where it is worth it. */
export const denoiseWords = ['off', 'auto'] as const;
/** A number is a share of `fullNoise`. */
export type DenoiseChoice = (typeof denoiseWords)[number] | number;

/** The part of each frame to enlarge: `auto` leaves out what is border in the whole clip. */
export const cropWords = ['off', 'auto'] as const;
export type CropChoice =
  | (typeof cropWords)[number]
  | { readonly width: number; readonly height: number; readonly x: number; readonly y: number };
