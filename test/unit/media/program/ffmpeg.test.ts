import test from 'node:test';
import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { locateFfmpeg } from '../../../../src/media/program/ffmpeg.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const skip = process.platform === 'win32' ? 'makes shell scripts' : false;
const folder = temporaryFolder();

/** A file of that text, which may be run. */
async function program(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  await chmod(file, 0o755);
  return file;
}

test('a named ffmpeg that is none is refused in one sentence that says why', { skip }, async () => {
  const text = path.join(folder, 'notes.txt');
  await writeFile(text, 'no program');
  for (const [ffmpeg, why] of [
    [path.join(folder, 'none'), 'There is no such file.'],
    [folder, `It is a folder. Name the program in it, ${path.join(folder, 'ffmpeg')}.`],
    [text, 'It is no program: the system may not run that file.'],
    ['/dev/null', 'It is no file.'],
    [await program('other', '#!/bin/sh\necho 1.0\n'), 'does not answer -version as ffmpeg does.'],
  ] as const) {
    const begin = `Expected a working ffmpeg for --ffmpeg but received ${JSON.stringify(ffmpeg)}. `;
    await assert.rejects(
      locateFfmpeg({ ffmpeg }),
      ({ code, message }: Error & { code: string }) => {
        assert.equal(code, 'media');
        assert.ok(message.startsWith(begin) && message.endsWith(why), message);
        return true;
      },
    );
  }
});

test('an ffmpeg that never answers is given up, whether it waits or works', { skip }, async () => {
  const waits = await program('waits', '#!/bin/sh\nsleep 600\n');
  const works = await program('works', '#!/bin/sh\nwhile :; do :; done\n');
  const hung = (message: RegExp) => ({ code: 'media', message });
  await Promise.all([
    assert.rejects(locateFfmpeg({ ffmpeg: waits }), hung(/hung: it has done nothing for 5 s\.$/)),
    assert.rejects(
      locateFfmpeg({ ffmpeg: works }),
      hung(/hung: it has not answered -version for 10 s\.$/),
    ),
  ]);
});
