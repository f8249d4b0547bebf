import { badValue } from '../../errors.js';
import {
  cropWords,
  deinterlaceModes,
  denoiseWords,
  fieldOrders,
  isAutomatic,
  repeatModes,
  telecineModes,
  type CropChoice,
  type DeinterlaceMode,
  type DenoiseChoice,
  type FieldOrderChoice,
  type RepeatMode,
  type TelecineMode,
} from './footage-modes.js';
import { defaultsOf, sourceKinds, type SourceKind } from './source-kinds.js';

/** What is to be done with old footage before it is enlarged. */
export type FootageSettings = {
  readonly crop: CropChoice;
  readonly deinterlace: DeinterlaceMode;
  readonly denoise: DenoiseChoice;
  readonly fieldOrder: FieldOrderChoice;
  readonly repeats: RepeatMode;
  readonly source: SourceKind;
  readonly telecine: TelecineMode;
};

/** The same as options of the library; every field may be left out. */
export type FootageOptions = {
  /**
   * Where the clip comes from; chooses the defaults of the other fields. Default `auto`, which
   * changes nothing and says what was found.
   */
  readonly source?: SourceKind;
  /**
   * Make whole frames of an interlaced source's fields; `true` is `auto`. Default `off`, or by
   * `source`.
   */
  readonly deinterlace?: boolean | DeinterlaceMode;
  /** The field shown first, to overrule what was detected. Default `auto`. */
  readonly fieldOrder?: FieldOrderChoice;
  /**
   * `auto` puts pictures of film together again whose fields lie in several frames: 24 per second
   * out of 30. Default `off`.
   */
  readonly telecine?: TelecineMode;
  /**
   * `drop` leaves out frames that repeat the one before at regular intervals; the frame before is
   * then shown for longer. Default `keep`.
   */
  readonly repeats?: RepeatMode;
  /**
   * `off`, `auto` (without borders and head noise that all of the clip has), or the part as
   * `WIDTH:HEIGHT:X:Y`. Default `off`.
   */
  readonly crop?: string;
  /**
   * Remove noise before the network: `off`, `auto` (as much as was measured in the clip), or 0 to
   * 1, where 1 is noise with a standard deviation of 25 of 255 grey levels. Default `off`.
   */
  readonly denoise?: DenoiseChoice;
};

function cropOf(text: string): CropChoice {
  const word = cropWords.find((each) => each === text);
  if (word !== undefined) return word;
  const parts = /^(\d{1,5}):(\d{1,5}):(\d{1,5}):(\d{1,5})$/.exec(text);
  const [width = 0, height = 0, x = 0, y = 0] = (parts ?? []).slice(1).map(Number);
  if (width > 0 && height > 0) return { width, height, x, y };
  throw badValue(`${cropWords.join(', ')} or WIDTH:HEIGHT:X:Y`, 'crop', text);
}

function denoiseOf(choice: DenoiseChoice): DenoiseChoice {
  const isKnown =
    typeof choice === 'number' ? choice >= 0 && choice <= 1 : denoiseWords.includes(choice);
  if (isKnown) return choice;
  throw badValue(`${denoiseWords.join(', ')} or a number from 0 to 1`, 'denoise', choice);
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
  denoise,
  telecine,
  repeats,
  source,
}: FootageOptions): FootageSettings {
  const kind = oneOf('source', source ?? 'auto', sourceKinds);
  const defaults = defaultsOf[kind];
  const mode =
    deinterlace === true
      ? 'auto'
      : deinterlace === false
        ? 'off'
        : (deinterlace ?? defaults.deinterlace);
  const settings = {
    source: kind,
    crop: cropOf(crop ?? defaults.crop),
    deinterlace: oneOf('deinterlace', mode, deinterlaceModes),
    denoise: denoiseOf(denoise ?? 'off'),
    fieldOrder: oneOf('fieldOrder', fieldOrder ?? 'auto', fieldOrders),
    repeats: oneOf('repeats', repeats ?? 'keep', repeatModes),
    telecine: oneOf('telecine', telecine ?? defaults.telecine, telecineModes),
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

/**
 * Whether a clip is to be examined: always, except that nothing is asked of footage made for the
 * web.
 */
export function needsLook({
  source,
  crop,
  deinterlace,
  denoise,
  fieldOrder,
  telecine,
}: FootageSettings): boolean {
  if (source !== 'web') return true;
  const needsOrder = deinterlace !== 'off' && (isAutomatic(deinterlace) || fieldOrder === 'auto');
  return needsOrder || telecine === 'auto' || crop === 'auto' || denoise === 'auto';
}
