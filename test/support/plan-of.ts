import path from 'node:path';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import { planJob, type JobPlan } from '../../src/upscale/plan/job-plan.js';
import type { UpscaleOptions } from '../../src/upscale/plan/options.js';
import { probeInput } from '../../src/upscale/plan/probe-input.js';
import { checkOptions } from '../../src/upscale/plan/settings.js';

/** The job's plan for a clip with these options. */
export async function planOf(file: string, options: UpscaleOptions = {}): Promise<JobPlan> {
  const ffmpeg = await locateFfmpeg();
  const { signal } = new AbortController();
  const settings = checkOptions({ model: 'espcn-16-lite-x2', ...options });
  const input = { path: file, below: '', foundBy: null, name: path.parse(file).name };
  const source = await probeInput(ffmpeg, input, settings, signal);
  return planJob({ ffmpeg, input, settings, signal }, source);
}
