import assert from 'node:assert/strict';
import test from 'node:test';
import { travelFormat } from '../../../../src/media/source/travel-format.js';

test('every source format travels without loss where it can', () => {
  const expected: Readonly<Record<string, readonly [string, string, string]>> = {
    yuv420p: ['yuv420p', 'yuv420p', 'none'],
    // The request keeps the full-range name, or swscale would squeeze the samples.
    yuvj420p: ['yuv420p', 'yuvj420p', 'none'],
    yuvj411p: ['yuv422p', 'yuvj422p', 'chroma'],
    yuv440p: ['yuv440p', 'yuv440p', 'none'],
    yuv422p10le: ['yuv422p10le', 'yuv422p10le', 'none'],
    yuv420p10be: ['yuv420p10le', 'yuv420p10le', 'none'],
    yuv420p9le: ['yuv420p10le', 'yuv420p10le', 'none'],
    yuv444p16le: ['yuv444p12le', 'yuv444p12le', 'depth'],
    yuva420p: ['yuva420p', 'yuva420p', 'none'],
    nv12: ['yuv420p', 'yuv420p', 'none'],
    p010le: ['yuv420p10le', 'yuv420p10le', 'none'],
    uyvy422: ['yuv422p', 'yuv422p', 'none'],
    yuv411p: ['yuv422p', 'yuv422p', 'chroma'],
    gray: ['gray', 'gray', 'none'],
    gray10le: ['gray10le', 'gray10le', 'none'],
    gray16be: ['gray12le', 'gray12le', 'depth'],
    monob: ['gray', 'gray', 'none'],
    ya8: ['yuva444p', 'yuva444p', 'rgb'],
    rgb24: ['yuv444p', 'yuv444p', 'rgb'],
    bgra: ['yuva444p', 'yuva444p', 'rgb'],
    bgr0: ['yuv444p', 'yuv444p', 'rgb'],
    pal8: ['yuva444p', 'yuva444p', 'rgb'],
    gbrp10le: ['yuv444p10le', 'yuv444p10le', 'rgb'],
    rgb48le: ['yuv444p12le', 'yuv444p12le', 'rgb'],
  };
  for (const [source, [format, request, conversion]] of Object.entries(expected)) {
    const travel = travelFormat(source);
    assert.deepEqual(
      [travel?.format.name, travel?.request, travel?.conversion],
      [format, request, conversion],
      source,
    );
  }
});

test('a format that is no picture does not travel', () => {
  for (const name of ['', 'vaapi', 'cuda', 'yuv', 'yuv420']) assert.equal(travelFormat(name), null);
});
