/** A fraction, as ffmpeg writes time bases, rates and aspect ratios: `num / den`. */
export type Ratio = { readonly num: number; readonly den: number };
