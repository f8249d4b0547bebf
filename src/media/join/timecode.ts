import type { Ratio } from '../../planes/ratio.js';

/** `hh:mm:ss:ff`; a semicolon or a point before the frames means drop-frame. */
const pattern = /^(\d{2}):(\d{2}):(\d{2})([:;.])(\d{2,3})$/;

const pad = (value: number): string => String(value).padStart(2, '0');

/**
 * The timecode that is `frames` frames later than `timecode`, at `rate` frames per second. It wraps
 * at 24 hours. A drop-frame timecode skips the first two frame numbers of every minute (at 60 per
 * second the first four), except for every tenth minute. `null` for a text that is no timecode.
 *
 * Source: SMPTE ST 12-1.
 */
export function laterTimecode(timecode: string, frames: number, rate: Ratio): string | null {
  const match = pattern.exec(timecode.trim());
  const nominal = Math.round(rate.num / rate.den);
  if (match === null || nominal <= 0) return null;
  const [hours, minutes, seconds, number] = [1, 2, 3, 5].map((i) => Number(match[i])) as [
    ...[number, number, number, number],
  ];
  const separator = match[4]!;
  const dropped = separator !== ':' && nominal % 30 === 0 ? (nominal / 30) * 2 : 0;
  const perMinute = nominal * 60 - dropped;
  const perTen = perMinute * 10 + dropped;
  const allMinutes = hours * 60 + minutes;
  const counted = (allMinutes * 60 + seconds) * nominal + number;
  const start = counted - dropped * (allMinutes - Math.floor(allMinutes / 10));
  const day = perTen * 6 * 24;
  const frame = (((start + frames) % day) + day) % day;
  // The first of every ten minutes skips no numbers.
  const tens = Math.floor(frame / perTen);
  const rest = frame % perTen;
  const minute = rest < nominal * 60 ? 0 : 1 + Math.floor((rest - nominal * 60) / perMinute);
  const shown = frame + dropped * (9 * tens + minute);
  const at = (unit: number, most: number): string => pad(Math.floor(shown / unit) % most);
  const second = nominal;
  return `${at(3600 * second, 24)}:${at(60 * second, 60)}:${at(second, 60)}${separator}${pad(shown % second)}`;
}
