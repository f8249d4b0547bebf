// Runs in the browser.
import { printable } from '../../printable.js';
import type { Job, JobPace } from '../queue/job.js';
import type { AddAnswer } from '../web/server.js';

/** The last part of a path, with `/` or `\`, safe to be shown. */
export function nameOf(path: string): string {
  return printable(path.split(/[/\\]/).at(-1) ?? path);
}

/** How many clips were added, and how many were refused, in words. */
export function addedWords({ added, refused }: AddAnswer): string {
  const words = (count: number, done: string): string =>
    count === 1 ? `1 clip was ${done}.` : `${count || 'No'} clips were ${done}.`;
  const not = refused.length === 0 ? '' : ` ${words(refused.length, 'refused')}`;
  return words(added, 'added') + not;
}

/** Seconds as `1:02:03` or `2:03`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Bytes as `1.4 GB`, in powers of 1000. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]}`;
}

/** Pixels of enlarged frames per second of a running job; `null` where unknown. */
function rateOf(job: Job, pace: JobPace | undefined): number | null {
  return job.pixels === null || pace === undefined || pace.fps <= 0 ? null : pace.fps * job.pixels;
}

/**
 * Seconds that the rest of a job takes at `rate`, in pixels of enlarged frames per second; `null`
 * where unknown.
 */
export function secondsFor(job: Job, rate: number | null): number | null {
  if (rate === null || job.of === null || job.pixels === null) return null;
  return (Math.max(0, job.of - job.frames) * job.pixels) / rate;
}

/**
 * Seconds that all running and waiting jobs will take at the summed rate of the running ones, the
 * number of jobs for which that is unknown, and that rate, as in `secondsFor`.
 */
export function timeForAll(
  jobs: readonly Job[],
  paces: Readonly<Record<string, JobPace>>,
): { readonly seconds: number | null; readonly unknown: number; readonly rate: number | null } {
  const running = jobs.filter(({ state }) => state === 'running');
  const rates = running.flatMap((job) => rateOf(job, paces[job.id]) ?? []);
  const rate = rates.length === 0 ? null : rates.reduce((sum, each) => sum + each, 0);
  const open = jobs.filter(({ state }) => state === 'running' || state === 'waiting');
  const times = open.map((job) => secondsFor(job, rate));
  const known = times.filter((time) => time !== null);
  return {
    seconds: known.length === 0 ? null : known.reduce((sum, time) => sum + time, 0),
    unknown: times.length - known.length,
    rate,
  };
}
