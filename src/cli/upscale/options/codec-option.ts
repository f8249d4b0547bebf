import { InvalidArgumentError, Option } from 'commander';
import { encoderChoices } from '../../../media/formats/hardware.js';
import { isKnownCodec, whyRefused } from '../../../media/formats/encoders.js';
import { codecNames } from '../../../upscale/plan/options.js';

/** `--codec`: a codec, or an encoder of ffmpeg by its own name. */
export function codecOption(): Option {
  const about = "video codec, or one of ffmpeg's encoders by its own name, such as libaom-av1";
  return new Option('--codec <name>', about).choices(codecNames).argParser((name) => {
    // The check of all options says why an encoder is refused.
    if (isKnownCodec(name) || whyRefused(name) !== null) return name;
    const all = `${codecNames.join(', ')}, or an encoder that vsr knows by ffmpeg's name of it`;
    throw new InvalidArgumentError(`Allowed choices are ${all}.`);
  });
}

/** `--encoder`: software, or a kind of hardware. */
export function encoderOption(): Option {
  const about = 'encode in software, or in hardware if a trial succeeds';
  return new Option('--encoder <where>', about).choices(encoderChoices);
}
