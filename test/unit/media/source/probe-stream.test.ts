import assert from 'node:assert/strict';
import test from 'node:test';
import {
  clockSeconds,
  hasCaptions,
  parseChapters,
  parseColour,
  parseHdr,
  parseInterlacing,
  parseStream,
  ratioAt,
} from '../../../../src/media/source/probe-stream.js';

test('a stream is read, and what ffprobe does not know is null', () => {
  const stream = parseStream({
    index: 2,
    codec_type: 'audio',
    codec_name: 'aac',
    codec_tag_string: 'mp4a',
    time_base: '1/44100',
    start_time: '-0.023220',
    duration: '12.5',
    bit_rate: '128000',
    nb_frames: '539',
    sample_rate: '44100',
    channels: 2,
    disposition: { default: 1, forced: 0 },
    tags: { language: 'deu', title: 'Kommentar' },
  });
  assert.equal(stream.kind, 'audio');
  assert.equal(stream.startTime, -0.02322);
  assert.equal(stream.packetCount, 539);
  assert.deepEqual(stream.dispositions, ['default']);
  assert.deepEqual([stream.language, stream.title], ['deu', 'Kommentar']);

  const bare = parseStream({ index: 0, codec_type: 'picture', time_base: '0/0' });
  assert.equal(bare.kind, 'unknown');
  assert.equal(bare.codec, 'unknown');
  assert.equal(bare.timeBase, null);
  assert.equal(bare.duration, null);
  assert.equal(parseStream({ tags: { language: 'und' } }).language, null);
});

test('Matroska says durations and rates in tags', () => {
  const stream = parseStream({ tags: { DURATION: '00:01:02.500000000', BPS: '5000' } });
  assert.equal(stream.duration, 62.5);
  assert.equal(stream.bitRate, 5000);
  assert.equal(clockSeconds('1:2:3'), null);
  assert.equal(clockSeconds(undefined), null);
});

test('fractions of nothing are none', () => {
  assert.equal(ratioAt({ a: '0/1' }, 'a'), null);
  assert.equal(ratioAt({ a: '0:1' }, 'a'), null);
  assert.deepEqual(ratioAt({ a: '64:45' }, 'a'), { num: 64, den: 45 });
  assert.equal(ratioAt({ a: 'N/A' }, 'a'), null);
});

test("colour is the frame's before the container's, and yuvj is full range", () => {
  const stream = { color_range: 'tv', color_space: 'bt709', chroma_location: 'left' };
  const frame = { color_space: 'bt2020nc', color_transfer: 'unknown' };
  assert.deepEqual(parseColour(stream, frame, 'yuv420p'), {
    range: 'tv',
    matrix: 'bt2020nc',
    primaries: null,
    transfer: null,
    siting: 'left',
  });
  assert.equal(parseColour(stream, frame, 'yuvj420p').range, 'pc');
  assert.equal(parseColour({ chroma_location: 'unspecified' }, undefined, 'gray').siting, null);
});

test('most of the first frames decide whether a clip is interlaced', () => {
  const field = (top: number) => ({ interlaced_frame: 1, top_field_first: top });
  const whole = { interlaced_frame: 0 };
  assert.equal(parseInterlacing({}, [field(1), field(1), whole]), 'top-first');
  assert.equal(parseInterlacing({}, [field(0), field(0)]), 'bottom-first');
  assert.equal(parseInterlacing({ field_order: 'tt' }, [whole, whole]), 'no');
  assert.equal(parseInterlacing({ field_order: 'tb' }, []), 'bottom-first');
});

test("HDR10's static metadata becomes x265's words; half of it is none", () => {
  const display = {
    side_data_type: 'Mastering display metadata',
    ...{ red_x: '34000/50000', red_y: '16000/50000', green_x: '13250/50000' },
    ...{ green_y: '34500/50000', blue_x: '7500/50000', blue_y: '3000/50000' },
    ...{ white_point_x: '15635/50000', white_point_y: '16450/50000' },
    ...{ min_luminance: '1/10000', max_luminance: '10000000/10000' },
  };
  const light = {
    side_data_type: 'Content light level metadata',
    max_content: 1000,
    max_average: 400,
  };
  const hdr = parseHdr({ side_data_list: [display] }, [{ side_data_list: [light] }]);
  assert.equal(
    hdr.masteringDisplay,
    'G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)',
  );
  assert.equal(hdr.contentLight, '1000,400');
  const half = { ...display, red_x: 'N/A' };
  assert.equal(parseHdr({ side_data_list: [half] }, []).masteringDisplay, null);
  const dolby = { side_data_type: 'DOVI configuration record', dv_profile: 8 };
  assert.equal(parseHdr({ side_data_list: [dolby] }, []).dolbyVisionProfile, 8);
});

test('captions are seen on the stream or on a frame', () => {
  assert.equal(hasCaptions({ closed_captions: 1 }, []), true);
  const data = { side_data_type: 'ATSC A53 Part 4 Closed Captions' };
  assert.equal(hasCaptions({}, [{}, { side_data_list: [data] }]), true);
  assert.equal(hasCaptions({ closed_captions: 0 }, [{}]), false);
});

test('chapters keep their times and titles', () => {
  const list = [{ start_time: '0.000000', end_time: '1.5', tags: { title: 'One' } }, {}];
  assert.deepEqual(parseChapters(list), [
    { start: 0, end: 1.5, title: 'One' },
    { start: 0, end: 0, title: null },
  ]);
});
