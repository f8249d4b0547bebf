import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { runProgram } from './run-program.js';

/** The one clip that is too long to be enlarged wholly by default, and how many frames are. */
const longClip = { name: 'long_1080p_lowbitrate.mp4', frames: 300 };

/** Every clip and picture that a sweep enlarges, in order; `data` is the path of shared/data. */
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

/** Frames of `file` to enlarge: all but of the longest clip; at most `large` at 720p and above. */
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
 * Files that vsr must refuse: they have no video, are encrypted or broken, or use a codec that no
 * ffmpeg before 7.1 decodes.
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
