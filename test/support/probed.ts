import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';

/** What ffprobe says of `entries` in a file, a value a line. */
export async function probed(file: string, entries: string): Promise<string[]> {
  const { ffprobe } = await locateFfmpeg();
  const args = ['-v', 'error', '-show_entries', entries, '-of', 'default=nw=1:nk=1', file];
  const { stdout } = await promisify(execFile)(ffprobe, args);
  return stdout.trim().split('\n');
}
