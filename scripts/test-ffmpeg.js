// Loaded before every test file. Sets the ffmpeg it runs with, unless VSR_FFMPEG already does.
//
// Most files run with the embedded one, which every clone has: it starts in 0.01 s, where Debian's
// with its 200 libraries takes 0.25 s, and a job starts it eight times. Files that test what ffmpeg
// itself reads and writes run with the newest that vsr finds.
import { chmodSync } from 'node:fs';
import path from 'node:path';
import ffmpeg from '@ffmpeg-installer/ffmpeg';
import ffprobe from '@ffprobe-installer/ffprobe';

const withNewest = new Set([
  'lines-on-screen',
  'media-encode',
  'named-encoders',
  'scan',
  'field-coded',
  'soft-film-spliced',
]);
/** In the long form alone: npm run test:long. */
const alsoInLongForm = [
  ...['held-against-source', 'media-output', 'media-output-clips', 'muxer-trial'],
  ...['odd-sources', 'regress', 'segments'],
];
if (process.env.VSR_TEST_LONG === '1') for (const each of alsoInLongForm) withNewest.add(each);

const name = path.basename(process.argv[1] ?? '', '.test.js');
if (process.env.VSR_FFMPEG === undefined && !withNewest.has(name)) {
  // npm may not have made them executable, which vsr itself does.
  for (const file of [ffmpeg.path, ffprobe.path]) chmodSync(file, 0o755);
  process.env.VSR_FFMPEG = ffmpeg.path;
  process.env.VSR_FFPROBE = ffprobe.path;
}
