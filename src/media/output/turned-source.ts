import type { ChromaSiting } from '../../planes/siting.js';
import { turnOf } from '../source/display-matrix.js';
import type { Source, Turn, VideoStream } from '../source/source.js';
import { containerOfPath } from '../formats/containers.js';

/**
 * Where a chroma sample lies within its block of luma samples: 0 is the left or top, 1 the middle,
 * 2 the right or bottom.
 */
const places: Readonly<Record<ChromaSiting, readonly [x: number, y: number]>> = {
  ...{ left: [0, 1], center: [1, 1], topleft: [0, 0] },
  ...{ top: [1, 0], bottomleft: [0, 2], bottom: [1, 2] },
};

/**
 * The chroma siting of the turned picture. The right side, which no codec can state, becomes the
 * middle.
 */
function turnedSiting(siting: ChromaSiting, turn: Turn): ChromaSiting {
  const [fromX, fromY] = places[siting];
  const x = turn.flipped[0] ? 2 - fromX : fromX;
  const y = turn.flipped[1] ? 2 - fromY : fromY;
  const [toX, toY] = turn.transposed ? [y, x] : [x, y];
  const names = Object.keys(places) as ChromaSiting[];
  const wanted = [Math.min(toX, 1), toY];
  return names.find((name) => places[name].every((at, i) => at === wanted[i])) ?? 'center';
}

function turned(video: VideoStream, turn: Turn): VideoStream {
  const { width, height, sampleAspect, colour, format } = video;
  const swap = turn.transposed;
  const halves = format.chroma?.log2X === 1 && format.chroma.log2Y === 1;
  return {
    ...video,
    width: swap ? height : width,
    height: swap ? width : height,
    sampleAspect:
      swap && sampleAspect !== null
        ? { num: sampleAspect.den, den: sampleAspect.num }
        : sampleAspect,
    colour: halves ? { ...colour, siting: turnedSiting(colour.siting ?? 'left', turn) } : colour,
    matrix: null,
    rotation: 0,
    turn,
  };
}

/**
 * Describes `source` with its frames turned or mirrored while they are decoded, if the container of
 * `output` cannot hold a display matrix. Returns `source` unchanged where the container can, where
 * there is no matrix or one that is no turn by 90 degrees, and where a turn would break fields or
 * chroma that is subsampled one way only.
 */
export function turnedFor(output: string, source: Source): Source {
  const { video } = source;
  const container = containerOfPath(output);
  if (video.matrix === null || container?.rotation === true) return source;
  const turn = turnOf(video.matrix);
  if (turn === null) return source;
  const keepsRows = !turn.transposed && !turn.flipped[1];
  if (video.interlaced !== 'no' && video.fields === null && !keepsRows) return source;
  const { log2X, log2Y } = video.format.chroma ?? { log2X: 0, log2Y: 0 };
  if (turn.transposed && log2X !== log2Y) return source;
  const upright = turned(video, turn);
  return {
    ...source,
    video: upright,
    streams: source.streams.map((stream) => (stream.index === video.index ? upright : stream)),
  };
}
