import assert from 'node:assert/strict';
import test from 'node:test';
import { bytesOfDump, displaySize } from '../../../../src/media/marks/pan-scan.js';

/** A sequence header with its extension, as ffprobe shows it: nothing on what is displayed. */
const plain = `
00000000: 0000 01b3 0400 3023 ffff e018 0000 01b5  ......0#........
00000010: 148a 0001 0000                           ......
`;

/** The same with a display extension of 64x48, with colours and without. */
const coloured = `${plain.trimEnd()}
00000016: 0000 01b5 2301 0101 0102 0180            ....#.......
`;
const colourless = `${plain.trimEnd()}
00000016: 0000 01b5 2201 0201 80                   ....".....
`;

test('the size that MPEG-2 says is displayed is read where it says one', () => {
  assert.equal(displaySize(bytesOfDump(plain)), null);
  assert.deepEqual(displaySize(bytesOfDump(coloured)), { width: 64, height: 48 });
  assert.deepEqual(displaySize(bytesOfDump(colourless)), { width: 64, height: 48 });
});

test('a dump of ffprobe gives its bytes, an odd one at the end too', () => {
  assert.equal(bytesOfDump(plain).length, 22);
  assert.equal(bytesOfDump(colourless).at(-1), 0x80);
});
