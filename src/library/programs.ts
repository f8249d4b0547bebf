/**
 * The ffmpeg and ffprobe to use. Default: those that `VSR_FFMPEG` and `VSR_FFPROBE` name, otherwise
 * newer ones on PATH, otherwise the embedded ones.
 */
export type Programs = { readonly ffmpeg?: string; readonly ffprobe?: string };
