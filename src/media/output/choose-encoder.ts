import { badValue, VsrError } from '../../errors.js';
import { pixelFormats, type PixelFormat } from '../../planes/pixel-format.js';
import { carriersOf } from '../formats/carriers.js';
import { codecsFor, nearestFormat, whyUnfit } from '../formats/codecs.js';
import { containers, holdsCodec, type Container, type VideoCodec } from '../formats/containers.js';
import { encodersFor } from '../formats/encoders.js';
import { capabilities, encoderPixelFormats } from '../program/capabilities.js';
import type { Ffmpeg } from '../program/ffmpeg.js';
import type { Source } from '../source/source.js';
import { alphaCodec } from './default-container.js';
import type { OutputRequest } from './output-request.js';

/** The encoder of an output's video. */
type Choice = {
  readonly codec: VideoCodec;
  /** ffmpeg's name of it. */
  readonly encoder: string;
  /** The format that it encodes. */
  readonly format: PixelFormat;
  /** The pix_fmt in which it is given the frames: the format itself, or another layout of it. */
  readonly carrier: string;
};

/** What an encoder is chosen by. */
type Wish = {
  readonly codec: VideoCodec;
  readonly source: Source;
  readonly request: OutputRequest;
  readonly wantsAlpha: boolean;
};

/** The encoder of a codec in this ffmpeg. Throws VsrError `option` if none fits. */
async function encoderOf(ffmpeg: Ffmpeg, wish: Wish): Promise<Choice> {
  const { codec, source, request, wantsAlpha } = wish;
  const { format, colour } = source.video;
  const { pixelFormat: wanted } = request;
  const size = request.reduceTo ?? request;
  const names = encodersFor({ codec, encoder: request.encoder ?? null });
  const encoders = await capabilities(ffmpeg, 'encoders');
  let refused = '';
  for (const encoder of names) {
    if (!encoders.has(encoder)) continue;
    const offered = await encoderPixelFormats(ffmpeg, encoder);
    const carriers = carriersOf(encoder, offered, colour.range === 'pc');
    if (wanted !== undefined && !carriers.has(wanted)) {
      refused ||= `Expected a --pix-fmt that ${encoder} takes but received ${JSON.stringify(wanted)}. It takes ${[...carriers.keys()].join(', ')}.`;
      continue;
    }
    const nearest =
      wanted === undefined
        ? nearestFormat(format, new Set(carriers.keys()), wantsAlpha)
        : (pixelFormats.get(wanted) ?? null);
    if (nearest === null) {
      const range = colour.range === 'pc' ? 'full' : 'limited';
      refused ||= `${encoder} of this ffmpeg takes ${[...offered].join(', ') || 'no known format'}, and vsr encodes planar YCbCr, of this source in ${range} range. Try another --codec.`;
      continue;
    }
    const unfit = whyUnfit(encoder, nearest, size);
    if (unfit === null)
      return { codec, encoder, format: nearest, carrier: carriers.get(nearest.name)! };
    refused ||= `${unfit} Try another --codec.`;
  }
  if (refused !== '') throw new VsrError('option', refused);
  const what = request.encoder === undefined ? `for ${codec}: it would be` : 'named';
  throw new VsrError(
    'option',
    `${ffmpeg.ffmpeg} (${ffmpeg.version}) has no encoder ${what} ${names.join(' or ')}. Try another --codec, or another ffmpeg with --ffmpeg.`,
  );
}

/** Throws VsrError `option` unless `container` holds the codec that was asked for. */
function checkHeld(container: Container, codec: VideoCodec, { encoder }: OutputRequest): void {
  if (holdsCodec(container, codec)) return;
  const others = containers.filter((each) => holdsCodec(each, codec));
  const made = encoder === undefined ? codec : `${codec} (${encoder})`;
  throw new VsrError(
    'option',
    `${container.title} cannot hold ${made}. Name an output ending in ${others.map(({ extensions }) => extensions[0]).join(', ')}, or use --codec ${container.video.join(' or ')}.`,
  );
}

/**
 * Chooses codec, encoder and format of an output. Throws VsrError `option`, which names what the
 * container or this ffmpeg cannot do.
 */
export async function chooseEncoder(
  ffmpeg: Ffmpeg,
  container: Container,
  source: Source,
  request: OutputRequest,
): Promise<Choice> {
  const { format } = source.video;
  if (request.pixelFormat !== undefined && !pixelFormats.has(request.pixelFormat)) {
    throw badValue(
      `one of ${[...pixelFormats.keys()].join(', ')}`,
      '--pix-fmt',
      request.pixelFormat,
    );
  }
  const { codec } = request;
  if (codec !== 'auto') {
    checkHeld(container, codec, request);
    const wantsAlpha = alphaCodec(container, format, codec) !== null;
    return encoderOf(ffmpeg, { codec, source, request, wantsAlpha });
  }
  const wantsAlpha = format.alpha && alphaCodec(container, format, 'auto') !== null;
  let first: unknown;
  for (const each of codecsFor(container, format, wantsAlpha)) {
    try {
      return await encoderOf(ffmpeg, { codec: each, source, request, wantsAlpha });
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}
