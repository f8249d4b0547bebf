/**
 * Where chroma samples lie relative to luma samples, by the names of ffmpeg's `chroma_location`:
 * `left` for MPEG-2 and later, `topleft` for BT.2020, `center` for MPEG-1 and JPEG.
 */
export const chromaSitings = ['left', 'center', 'topleft', 'top', 'bottomleft', 'bottom'] as const;
export type ChromaSiting = (typeof chromaSitings)[number];
