import { execFileSync } from 'node:child_process';

/** Frames that a clip holds, counted by decoding. */
export function framesOf(file: string): number {
  const entries = ['-count_frames', '-show_entries', 'stream=nb_read_frames', '-of', 'csv=p=0'];
  const words = ['-v', 'error', '-select_streams', 'v', ...entries, file];
  return Number(execFileSync('ffprobe', words, { encoding: 'utf8' }));
}
