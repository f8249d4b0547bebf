/** Which ffmpeg and ffprobe run; looked for where they are left out. */
export type Programs = { readonly ffmpeg?: string; readonly ffprobe?: string };
