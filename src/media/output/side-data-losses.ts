import type { SideData, VideoStream } from '../source/source.js';
import type { Announcement } from './stream-plan.js';

/** Kinds that are kept, told elsewhere, or say only how the source's own bits were made. */
const settled: readonly RegExp[] = [
  /^Display Matrix$/,
  /^CPB properties$/,
  /^Mastering display metadata$/,
  /^Content light level metadata$/,
  /^DOVI configuration record$|^Dolby Vision/,
  /SMPTE2094-40/,
  /Closed Captions/,
  /User Data Unregistered/,
  /^GOP timecode$/,
  /^(?:Skip Samples|Metadata Strings|Quality stats|New Extradata|Motion vectors|Video encoding parameters)$/i,
];

/** Kinds that are known and lost, in words. */
const known: readonly (readonly [RegExp, string])[] = [
  [/^Stereo 3D$/, 'the mark of stereo pictures (3D)'],
  [/^Spherical Mapping$/, 'the mark of a spherical picture (360 degrees)'],
  [/^Ambient viewing environment$/i, 'the ambient viewing environment'],
  [/^Active format description$/i, 'the active format description'],
  [/Pan.?Scan/i, 'the pan and scan window'],
  [/Cropping/i, 'the cropping that players apply'],
  [/^ICC profile$/i, 'the ICC profile of the frames'],
  [/Film grain/i, 'the parameters of film grain'],
  [/timecode/i, 'the timecode inside the frames'],
  [/Regions? Of Interest/i, 'the regions of interest'],
  [/HDR Dynamic Metadata|Vivid/i, 'dynamic HDR metadata'],
];

const stereo = (video: VideoStream): SideData | undefined =>
  video.sideData.find(({ type }) => type === 'Stereo 3D');

/**
 * x264's and H.264's numbers of how two views lie in one picture (annex D,
 * frame_packing_arrangement_type).
 */
const packings: Readonly<Record<string, number>> = {
  ...{ checkerboard: 0, 'interleaved columns': 1, 'interleaved lines': 2 },
  ...{ 'side by side': 3, 'top and bottom': 4, 'frame alternate': 5 },
};

/**
 * The number under which the stream itself says how its stereo views lie; `null` where it cannot.
 */
export function framePacking(video: VideoStream): number | null {
  const views = stereo(video);
  // x264 always says that the left view comes first; turned frames have their views elsewhere.
  if (views === undefined || views.inverted || video.turn !== null) return null;
  return packings[views.form ?? ''] ?? null;
}

/**
 * What goes with the source's pictures and will not go with the larger ones; what is not known is
 * named as it is.
 */
export function sideDataLosses(video: VideoStream, encoder: string): Announcement[] {
  const found: Announcement[] = [];
  for (const data of video.sideData) {
    if (settled.some((names) => names.test(data.type))) continue;
    if (data.type === 'Stereo 3D' && data.form === '2D') continue;
    const title = known.find(([names]) => names.test(data.type))?.[1];
    if (data.type === 'Stereo 3D' && encoder === 'libx264' && framePacking(video) !== null) {
      const why = `it is kept as frame packing in the stream (${data.form}), not in the container`;
      found.push({ kind: 'converted', what: title!, why });
      continue;
    }
    found.push({
      kind: 'missing',
      what: title ?? `${data.type} (unknown side data of the video)`,
      why: `${encoder} and the container are not given it`,
      advice: 'Keep the source, or mark the output anew with a tool for it.',
    });
  }
  return found;
}

/**
 * Kinds of side data, as ffprobe names them, that a plan with `encoder` keeps on the frames or the
 * stream.
 */
export function expectedSideData(video: VideoStream, encoder: string): string[] {
  const { masteringDisplay, contentLight } = video.hdr;
  const hdr = encoder === 'libx265';
  return [
    ...(encoder === 'libx264' && framePacking(video) !== null ? ['Stereo 3D'] : []),
    ...(hdr && masteringDisplay !== null ? ['Mastering display metadata'] : []),
    ...(hdr && contentLight !== null ? ['Content light level metadata'] : []),
  ];
}
