/**
 * Where chroma samples lie against luma samples, as ffmpeg's `chroma_location` names it:
 * `left` for MPEG-2 and later, `topleft` for BT.2020, `center` for MPEG-1 and JPEG.
 */
export const chromaSitings = ['left', 'center', 'topleft', 'top', 'bottomleft', 'bottom'] as const;
export type ChromaSiting = (typeof chromaSitings)[number];
