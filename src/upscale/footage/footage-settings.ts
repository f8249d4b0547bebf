import { badValue } from '../../errors.js';

/**
 * What can be done with fields. `frame`: one whole frame for each of the source's. `field`: one for
 * each field, twice as many. `auto`: as `frame`, where the clip was seen to be interlaced.
 */
export const deinterlaceModes = ['off', 'auto', 'frame', 'field'] as const;
export type DeinterlaceMode = (typeof deinterlaceModes)[number];

/** Which field comes first; `auto` is what was seen. */
export const fieldOrders = ['auto', 'top', 'bottom'] as const;
export type FieldOrderChoice = (typeof fieldOrders)[number];

/** `auto`: the pictures of film that lie in the fields of several frames are put together again. */
export const telecineModes = ['off', 'auto'] as const;
export type TelecineMode = (typeof telecineModes)[number];

/** Whether frames that repeat the one before at regular places stay. */
export const repeatModes = ['keep', 'drop'] as const;
export type RepeatMode = (typeof repeatModes)[number];

/** The part of each frame to enlarge: `auto` is what is no border anywhere in the clip. */
export const cropWords = ['off', 'auto'] as const;
export type CropChoice =
  | (typeof cropWords)[number]
  | { readonly width: number; readonly height: number; readonly x: number; readonly y: number };

/** What is to be done with old footage before it is enlarged. */
export type FootageSettings = {
  readonly crop: CropChoice;
  readonly deinterlace: DeinterlaceMode;
  readonly fieldOrder: FieldOrderChoice;
  readonly repeats: RepeatMode;
  readonly telecine: TelecineMode;
};

/** The same as the library is told; everything may be left out. */
export type FootageOptions = {
  /**
   * Make whole frames of an interlaced source's fields; `true` is `auto`. Default `off`.
   */
  readonly deinterlace?: boolean | DeinterlaceMode;
  /** The field shown first, where what was seen is not to decide. Default `auto`. */
  readonly fieldOrder?: FieldOrderChoice;
  /**
   * `auto` puts the pictures of film together again that lie in the fields of several frames: 24 a
   * second of 30. Default `off`.
   */
  readonly telecine?: TelecineMode;
  /**
   * `drop` leaves out frames that repeat the one before at regular places; that one then stands for
   * longer. Default `keep`.
   */
  readonly repeats?: RepeatMode;
  /**
   * `off`, `auto` (without the borders that all of the clip has), or the part to enlarge as
   * `WIDTH:HEIGHT:X:Y`. Default `off`.
   */
  readonly crop?: string;
};

function cropOf(text: string): CropChoice {
  const word = cropWords.find((each) => each === text);
  if (word !== undefined) return word;
  const parts = /^(\d{1,5}):(\d{1,5}):(\d{1,5}):(\d{1,5})$/.exec(text);
  const [width = 0, height = 0, x = 0, y = 0] = (parts ?? []).slice(1).map(Number);
  if (width > 0 && height > 0) return { width, height, x, y };
  throw badValue(`${cropWords.join(', ')} or WIDTH:HEIGHT:X:Y`, 'crop', text);
}

function oneOf<T extends string>(name: string, value: T, all: readonly T[]): T {
  if (all.includes(value)) return value;
  throw badValue(`one of ${all.join(', ')}`, name, value);
}

/** Checks options and fills in what was left out. Throws VsrError `option` for a wrong one. */
export function checkFootage({
  deinterlace,
  fieldOrder,
  crop,
  telecine,
  repeats,
}: FootageOptions): FootageSettings {
  const mode =
    deinterlace === true ? 'auto' : deinterlace === false ? 'off' : (deinterlace ?? 'off');
  const settings = {
    crop: cropOf(crop ?? 'off'),
    deinterlace: oneOf('deinterlace', mode, deinterlaceModes),
    fieldOrder: oneOf('fieldOrder', fieldOrder ?? 'auto', fieldOrders),
    repeats: oneOf('repeats', repeats ?? 'keep', repeatModes),
    telecine: oneOf('telecine', telecine ?? 'off', telecineModes),
  };
  if (settings.fieldOrder !== 'auto' && settings.deinterlace === 'off') {
    throw badValue(
      'deinterlace to be given as well',
      'fieldOrder',
      settings.fieldOrder,
      'Alone it would do nothing.',
    );
  }
  return settings;
}
