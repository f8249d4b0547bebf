// Loaded before every test file. Says which ffmpeg it runs with, unless VSR_FFMPEG says so already.
//
// Most files run with the embedded one, which every clone has: it starts in a hundredth of a second
// where Debian's, with its 200 libraries, takes a quarter of one, and a job starts eight. Files
// that are about what ffmpeg itself reads and writes run with the one that vsr finds, the newest.
import { chmodSync } from 'node:fs';
import path from 'node:path';
import ffmpeg from '@ffmpeg-installer/ffmpeg';
import ffprobe from '@ffprobe-installer/ffprobe';

const withNewest = new Set(['lines-on-screen', 'media-encode', 'named-encoders', 'scan']);
/** In the long form alone: npm run test:long. */
const alsoInLongForm = [
  ...['held-against-source', 'media-output', 'media-output-clips', 'muxer-trial'],
  ...['odd-sources', 'regress', 'segments'],
];
for (const each of alsoInLongForm) withNewest.add(each);

const name = path.basename(process.argv[1] ?? '', '.test.js');
if (process.env.VSR_FFMPEG === undefined && !withNewest.has(name)) {
  // npm may have left out the run bit, which vsr itself sets.
  for (const file of [ffmpeg.path, ffprobe.path]) chmodSync(file, 0o755);
  process.env.VSR_FFMPEG = ffmpeg.path;
  process.env.VSR_FFPROBE = ffprobe.path;
}
