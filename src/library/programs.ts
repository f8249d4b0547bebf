/** The ffmpeg and ffprobe to use; vsr looks for those that are left out. */
export type Programs = { readonly ffmpeg?: string; readonly ffprobe?: string };
