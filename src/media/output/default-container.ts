import path from 'node:path';
import type { PixelFormat } from '../../planes/pixel-format.js';
import { codecsFor } from '../formats/codecs.js';
import {
  containerOfPath,
  containers,
  holdsCodec,
  type Container,
  type VideoCodec,
} from '../formats/containers.js';
import type { Source } from '../source/source.js';
import type { Takes } from './muxer-trial.js';
import { streamLosses, type Announcement } from './stream-plan.js';

/** Whether `container` can hold video of the codec that was asked for. */
function holdsVideo(container: Container, codec: 'auto' | VideoCodec): boolean {
  return codec === 'auto' || holdsCodec(container, codec);
}

/**
 * The container of an output for which the user names none. It is the one in which the least of the
 * source is lost; of equal ones, the source's own comes first, then MP4, QuickTime and Matroska.
 * `note` says why it is not the source's own; `null` where it is.
 */
export async function containerFor(
  source: Source,
  takes: Takes,
  codec: 'auto' | VideoCodec = 'auto',
): Promise<{ readonly extension: string; readonly note: Announcement | null }> {
  const own = path.extname(source.path).toLowerCase();
  const ownContainer = source.raw === null ? containerOfPath(source.path) : null;
  const wantsAlpha = source.video.format.alpha && source.video.codec !== 'gif';
  const losses = async (container: Container): Promise<number> =>
    (await streamLosses(container, source, takes)) +
    (holdsVideo(container, codec) ? 0 : 1000) +
    (wantsAlpha && alphaCodec(container, source.video.format, codec) === null ? 1 : 0);
  const usual = ['mp4', 'mov', 'matroska'].map((muxer) =>
    containers.find((container) => container.muxer === muxer)!,
  );
  const candidates = [...(ownContainer === null ? [] : [ownContainer]), ...usual];
  let best = candidates[0]!;
  let least = Infinity;
  for (const candidate of candidates) {
    // Each further container costs a trial per kind of stream, and nothing is better than no loss.
    if (least === 0) break;
    const lost = await losses(candidate);
    if (lost < least) [best, least] = [candidate, lost];
  }
  if (best === ownContainer) return { extension: own, note: null };
  const extension = best.extensions[0]!;
  const note: Announcement = {
    kind: 'note',
    what: `the container is ${best.title} (${extension})`,
    why:
      ownContainer === null
        ? `vsr writes no ${own === '' ? 'such' : own} files`
        : holdsVideo(ownContainer, codec)
          ? `${ownContainer.title} would not hold all that is in the source`
          : `${ownContainer.title} holds no ${codec}`,
    advice: 'Name another one with --output.',
  };
  return { extension, note };
}

/** The codec that keeps alpha in `container`; `null` if none of those asked for does. */
export function alphaCodec(
  container: Container,
  format: PixelFormat,
  codec: 'auto' | VideoCodec,
): VideoCodec | null {
  const wishes = codec === 'auto' ? codecsFor(container, format, true) : [codec];
  return (
    wishes.find(
      (each) =>
        holdsCodec(container, each) &&
        (keepsOpacity.has(each) || (each === 'vp9' && container.muxer !== 'mp4')),
    ) ?? null
  );
}

/** Codecs that keep alpha in every container that holds them. */
const keepsOpacity: ReadonlySet<VideoCodec> = new Set<VideoCodec>([
  ...(['ffv1', 'prores', 'vp8', 'ffvhuff', 'magicyuv'] as const),
]);
