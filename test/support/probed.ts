import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';

/** The values that ffprobe prints for `-show_entries entries` of a file, in its order. */
export async function probed(file: string, entries: string): Promise<string[]> {
  const { ffprobe } = await locateFfmpeg();
  const args = ['-v', 'error', '-show_entries', entries, '-of', 'default=nw=1:nk=1', file];
  const { stdout } = await promisify(execFile)(ffprobe, args);
  return stdout.trim().split('\n');
}
