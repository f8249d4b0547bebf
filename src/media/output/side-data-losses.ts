import { hasBox } from '../marks/mark-boxes.js';
import { sideDataTitle, type SideData } from '../marks/side-data.js';
import type { VideoStream } from '../source/source.js';
import { containers, type Container, type VideoCodec, holdsCodec } from '../formats/containers.js';
import type { Announcement } from './stream-plan.js';

/** How the output's video is written, as far as its side data depends on that. */
export type MarkedOutput = {
  readonly container: Container;
  readonly codec: VideoCodec;
  readonly encoder: string;
};

/** The side data that an output's container keeps. */
export type KeptMarks = {
  /** What the muxer gets as boxes in the sample description of the video that it reads. */
  readonly boxes: readonly SideData[];
  /** The tag `stereo_mode` for Matroska's muxer; `null` for none. */
  readonly stereoMode: string | null;
};

const stereo = (video: VideoStream): SideData | undefined =>
  video.sideData.find(({ type }) => type === 'Stereo 3D');

/** Whether views alternate by lines or samples, so that enlarging a picture mixes them. */
const isWoven = ({ form }: SideData): boolean =>
  /checkerboard|quincunx|^interleaved/.test(form ?? '');

/** Whether frames are turned or cropped, so that what side data says of places is not true. */
const isMoved = ({ turn, crop }: VideoStream): boolean => turn !== null || crop !== null;

/**
 * The numbers by which x264 and H.264 state how two views are packed into one picture
 * (frame_packing_arrangement_type, annex D).
 */
const packings: Readonly<Record<string, number>> = {
  ...{ 'side by side': 3, 'top and bottom': 4, 'frame alternate': 5 },
};

/**
 * The number by which an H.264 stream states how its stereo views are packed; `null` where it
 * cannot state that.
 */
export function framePacking(video: VideoStream): number | null {
  const views = stereo(video);
  // x264 always states that the left view comes first.
  if (views === undefined || views.inverted || isMoved(video)) return null;
  return packings[views.form ?? ''] ?? null;
}

/** ffmpeg's names of Matroska's stereo modes, with the left and with the right view first. */
const stereoModes: Readonly<Record<string, readonly [left: string, right: string]>> = {
  'side by side': ['left_right', 'right_left'],
  'top and bottom': ['top_bottom', 'bottom_top'],
  'frame alternate': ['block_lr', 'block_rl'],
};

/** The modes that WebM has as well. */
const webModes = new Set(['left_right', 'right_left', 'top_bottom', 'bottom_top']);

function stereoModeOf(views: SideData, { marks }: Container): string | null {
  const { form, inverted } = views;
  const named = stereoModes[form ?? '']?.[inverted ? 1 : 0];
  const mode = named ?? (form?.startsWith('anaglyph') === true ? form : null);
  if (marks === 'matroska' || (marks === 'webm' && mode !== null && webModes.has(mode)))
    return mode;
  return null;
}

/** The side data of `video` that the output's container keeps. */
export function keptMarks(
  video: VideoStream,
  { container, codec }: Pick<MarkedOutput, 'container' | 'codec'>,
): KeptMarks {
  if (isMoved(video)) return { boxes: [], stereoMode: null };
  const views = stereo(video);
  const stereoMode = views === undefined ? null : stereoModeOf(views, container);
  // The segments of these codecs are Matroska files, which have no sample description for boxes.
  const isWebCodec = codec === 'vp8' || codec === 'vp9' || codec === 'av1';
  const takesBoxes = container.marks === 'boxes' || (container.marks === 'matroska' && !isWebCodec);
  const boxes = video.sideData.filter(
    (data) =>
      takesBoxes && hasBox(data) && (container.marks === 'boxes' || data.type !== 'Stereo 3D'),
  );
  return { boxes, stereoMode };
}

/** The containers that would keep `data`. */
function keepers(data: SideData, video: VideoStream, codec: VideoCodec): Container[] {
  return containers.filter((container) => {
    const kept = keptMarks(video, {
      container,
      codec: holdsCodec(container, codec) ? codec : container.video[0]!,
    });
    return kept.boxes.includes(data) || (data.type === 'Stereo 3D' && kept.stereoMode !== null);
  });
}

/** Why side data is not kept, and what to do. */
function whyLost(
  data: SideData,
  video: VideoStream,
  { container, codec, encoder }: MarkedOutput,
): Pick<Announcement, 'why' | 'advice'> {
  const advice = 'Keep the source, or mark the output anew with a tool for it.';
  if (data.shown !== undefined) {
    const { width, height, x, y } = data.shown;
    const [w, h, left, top] = [width, height, x, y].map(Math.round);
    return {
      why: `all of each picture is enlarged, and players show all of it; of the source they show ${w}x${h} at ${left},${top}`,
      advice: `--crop ${w}:${h}:${left}:${top} enlarges that part.`,
    };
  }
  if (isMoved(video) && (data.form !== null || data.sphere !== undefined)) {
    const how = video.turn === null ? 'cut' : 'turned';
    return { why: `it would not be true of frames that were ${how}`, advice };
  }
  if (data.type === 'Stereo 3D' && isWoven(data)) {
    const why = `enlarging mixes views that lie as ${data.form}`;
    return { why, advice: 'Take the views apart before (the stereo3d filter of ffmpeg does).' };
  }
  const others = keepers(data, video, codec).map(({ title }) => title);
  return {
    why: `vsr cannot put it into ${container.title} with ${encoder}`,
    advice: others.length > 0 ? `It would be kept in ${others.join(' or ')}.` : advice,
  };
}

/**
 * Announces side data of the source's pictures that the output will not have. Unknown kinds are
 * announced under ffprobe's name.
 */
export function sideDataLosses(video: VideoStream, output: MarkedOutput): Announcement[] {
  const kept = keptMarks(video, output);
  const found: Announcement[] = [];
  for (const data of video.sideData) {
    const title = sideDataTitle(data.type);
    const isStereo = data.type === 'Stereo 3D';
    if (title === null || (isStereo && data.form === '2D')) continue;
    if (kept.boxes.includes(data) || (isStereo && kept.stereoMode !== null)) continue;
    // With --crop the user has decided which part of the picture to enlarge.
    if (data.shown !== undefined && video.crop !== null) continue;
    if (isStereo && output.encoder === 'libx264' && framePacking(video) !== null) {
      const why = `it is kept as frame packing in the stream (${data.form}), not in the container`;
      found.push({ kind: 'converted', what: title, why });
      continue;
    }
    found.push({ kind: 'missing', what: title, ...whyLost(data, video, output) });
  }
  return found;
}

/** ffprobe's names of the side data that the finished output must have. */
export function expectedSideData(video: VideoStream, output: MarkedOutput): string[] {
  const { masteringDisplay, contentLight } = video.hdr;
  const { boxes, stereoMode } = keptMarks(video, output);
  const hdr = output.encoder === 'libx265';
  const isPacked = output.encoder === 'libx264' && framePacking(video) !== null;
  // ffprobe reports no side data for anaglyph modes (coloured glasses).
  const isMode = stereoMode !== null && !stereoMode.startsWith('anaglyph');
  const kinds = [
    ...boxes.map(({ type }) => type),
    ...(isPacked || isMode ? ['Stereo 3D'] : []),
    ...(hdr && masteringDisplay !== null ? ['Mastering display metadata'] : []),
    ...(hdr && contentLight !== null ? ['Content light level metadata'] : []),
  ];
  return [...new Set(kinds)];
}
