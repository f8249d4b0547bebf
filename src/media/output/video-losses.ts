import type { PixelFormat } from '../../planes/pixel-format.js';
import { containerOfPath, type Container, type VideoCodec } from '../formats/containers.js';
import { turnOf } from '../source/display-matrix.js';
import type { Source } from '../source/source.js';
import type { TracksLeftOut } from '../tracks/track-choice.js';
import { sideDataLosses } from './side-data-losses.js';
import type { Announcement } from './stream-plan.js';

/** The video of the source, and how it will be encoded. */
export type VideoChoice = {
  readonly source: Source;
  readonly container: Container;
  readonly codec: VideoCodec;
  readonly encoder: string;
  /** The format that is encoded. */
  readonly format: PixelFormat;
  /** Why captions are not wanted, if so. */
  readonly leftOut: Pick<TracksLeftOut, 'captions'>;
  /** Codec of the subtitle stream that captions become; `null` for none. */
  readonly captions: string | null;
  /** Luma samples of the picture. */
  readonly width: number;
  readonly height: number;
  /** Luma samples with padding. */
  readonly codedWidth: number;
  readonly codedHeight: number;
};

/** Announces what of the video itself will be missing, changed or added. */
export function videoAnnouncements(choice: VideoChoice): Announcement[] {
  const { video } = choice.source;
  return [
    ...sizeAndFormat(choice),
    ...hdr(choice),
    ...sideDataLosses(video, choice),
    ...captionsOf(choice),
    ...rest(choice),
  ].map((announcement) => ({
    ...announcement,
    streamIndex: video.index,
  }));
}

function sizeAndFormat(choice: VideoChoice): Announcement[] {
  const { container, codec, encoder, format, source } = choice;
  const from = source.video.format;
  const found: Announcement[] = [];
  const columns = choice.codedWidth - choice.width;
  const rows = choice.codedHeight - choice.height;
  if (columns + rows > 0) {
    const parts = [columns > 0 ? 'one repeated column' : '', rows > 0 ? 'one repeated row' : ''];
    found.push({
      kind: 'padded',
      what: `the picture is ${choice.codedWidth}x${choice.codedHeight}, not ${choice.width}x${choice.height}: ${parts.filter(Boolean).join(' and ')}`,
      why: `${codec} needs even sides in ${format.name}`,
      advice: 'VP9, AV1 and FFV1 keep odd sizes (--codec).',
    });
  }
  if (from.alpha && !format.alpha) {
    found.push({
      kind: 'missing',
      what: 'opacity (alpha)',
      why: `${codec} in ${container.title} holds none`,
      advice: 'It would be kept by prores in .mov, vp9 in .webm, or ffv1 in .mkv.',
    });
  }
  if (
    from.name !== format.name &&
    !(from.alpha && from.name.replace('yuva', 'yuv') === format.name)
  ) {
    found.push({
      kind: 'converted',
      what: `samples from ${from.name} to ${format.name}`,
      why: `that is the nearest ${encoder} takes, or what was asked for`,
      ...(format.bitDepth < from.bitDepth
        ? { advice: 'hevc and ffv1 keep more bits (--codec).' }
        : {}),
    });
  }
  const isPlain = format.chroma?.log2X === 1 && format.chroma.log2Y === 1;
  if ((codec === 'h264' || codec === 'hevc') && format.chroma !== null && !isPlain) {
    found.push({
      kind: 'note',
      what: `${codec} in ${format.name} keeps all of the source's colour`,
      why: 'some players, phones and televisions among them, show 4:2:0 only',
      advice: `--pix-fmt ${format.bitDepth === 8 ? 'yuv420p' : 'yuv420p10le'} plays everywhere.`,
    });
  }
  const { siting } = source.video.colour;
  const sitesChroma = codec === 'h264' || codec === 'hevc';
  if (
    sitesChroma &&
    !isPlain &&
    format.chroma?.log2X === 1 &&
    siting !== null &&
    siting !== 'left'
  ) {
    found.push({
      ...{ kind: 'note', what: `chroma sited ${siting} is not marked as such` },
      why: `${codec} marks it in 4:2:0 only`,
    });
  }
  return found;
}

function hdr({ source, container, codec, encoder }: VideoChoice): Announcement[] {
  const { hdr: has } = source.video;
  const found: Announcement[] = [];
  const dynamic = [
    has.hdr10Plus ? 'HDR10+ dynamic metadata' : null,
    has.dolbyVisionProfile === null
      ? null
      : `Dolby Vision metadata (profile ${has.dolbyVisionProfile})`,
  ];
  for (const what of dynamic) {
    if (what === null) continue;
    const why = 'it describes the original pixels frame by frame and no encoder here writes it';
    found.push({
      kind: 'missing',
      what,
      why,
      advice: 'The base layer stays, with its static tags.',
    });
  }
  const hasStatic = has.masteringDisplay !== null || has.contentLight !== null;
  if (hasStatic && encoder !== 'libx265') {
    found.push({
      ...{ kind: 'missing', what: 'HDR10 static metadata (mastering display, content light)' },
      why: `${encoder} does not write it into ${codec}`,
      advice: `hevc does (--codec hevc${container.video.includes('hevc') ? '' : ', in .mp4 or .mkv'}).`,
    });
  }
  return found;
}

/** Announces what becomes of captions inside the video. */
function captionsOf({ source, container, captions, leftOut }: VideoChoice): Announcement[] {
  if (!source.video.closedCaptions) return [];
  const what = 'closed captions (CEA-608/708) inside the video';
  if (leftOut.captions !== null) return [{ kind: 'note', what, why: leftOut.captions }];
  if (captions !== null) {
    return [
      {
        ...{ kind: 'converted', what: 'closed captions (CEA-608) inside the video' },
        why: `they become a ${captions} subtitle stream`,
      },
    ];
  }
  const why = `${container.title} holds no text subtitles to keep them in`;
  return [{ kind: 'missing', what, why, advice: 'MP4 and Matroska do.' }];
}

function rest({ source, container }: VideoChoice): Announcement[] {
  const { video } = source;
  const found: Announcement[] = [];
  const own = containerOfPath(source.path);
  if (container.ticks === 'frame' && own?.ticks !== 'frame') {
    found.push({
      ...{ kind: 'note', what: 'frame times are rounded to a constant rate' },
      why: 'AVI stores none',
      advice: 'MP4 and Matroska keep them.',
    });
  }
  if (container.ticks === 'mpeg' && source.startTime < 1) {
    found.push({
      ...{ kind: 'note', what: 'all times may be moved by a few frames together' },
      why: 'MPEG-TS holds none below zero, where decoding of reordered frames would begin',
    });
  }
  if (video.turn !== null) {
    found.push({
      ...{ kind: 'converted', what: video.turn.title },
      why: `${container.title} does not hold it; the frames themselves are turned, so that they look the same`,
    });
  }
  if (video.matrix !== null && !container.rotation) {
    found.push({
      ...{ kind: 'missing', what: turnOf(video.matrix)?.title ?? 'the display matrix' },
      why: `${container.title} does not hold it, and the frames of this clip cannot be turned by whole pixels or fields`,
      advice: 'MP4 and QuickTime keep it.',
    });
  }
  return found;
}
