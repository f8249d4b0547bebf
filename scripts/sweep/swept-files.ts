import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { runProgram } from './run-program.js';

/** The one clip that is too long to be done whole unless asked for, and how much of it is done. */
const longClip = { name: 'long_1080p_lowbitrate.mp4', frames: 300 };

/** Every clip and picture below `../shared/data` that a sweep runs, in order. */
export async function sweptFiles(data: string): Promise<string[]> {
  const files: string[] = [];
  for (const part of ['clips', 'clips/temple_1200x800_png', 'odd']) {
    const names = (await readdir(path.join(data, part), { withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(data, part, entry.name));
    files.push(...names.sort());
  }
  return files;
}

/** Frames of `file` to do: all of most; of pictures of 720p and up at most `large`. */
export async function framesOf(ffprobe: string, file: string, large = Infinity): Promise<number> {
  const long = path.basename(file) === longClip.name ? longClip.frames : Infinity;
  if (large === Infinity) return long;
  const { stdout } = await runProgram(ffprobe, [
    ...['-v', 'quiet', '-select_streams', 'V:0', '-show_entries', 'stream=width,height'],
    ...['-of', 'csv=p=0', `file:${file}`],
  ]);
  const [width = 0, height = 0] = stdout.split(',').map(Number);
  return width * height < 1280 * 720 ? long : Math.min(long, large);
}

/**
 * Files of which nothing can be enlarged: without video, encrypted, broken, or of a codec no ffmpeg
 * before 7.1 decodes.
 */
export const refusedFiles: readonly string[] = [
  'bipbop_nonfragment_header.mp4',
  'ffv1_2.mov',
  'invalid-bitstream.webm',
  'invalid_userdata.mp4',
  'multiple-aac-tracks.mp4',
  'sample_audio_only.mp4',
  'sample_malformed_free_box.mp4',
  'sample_vvc.mp4',
  'seek_encrypted.webm',
];
