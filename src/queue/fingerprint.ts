import os from 'node:os';
import { Field } from '../files/json-field.js';
import type { Ffmpeg } from '../media/program/ffmpeg.js';
import { catalogue } from '../model/catalogue/catalogue.js';
import { processorFeatures } from '../model/runtime/processor.js';
import { candidatesFor, type ProviderChoice } from '../model/runtime/providers.js';
import { hashOf } from '../upscale/plan/identity.js';
import { version } from '../version.js';

/**
 * Everything about a machine that may affect a result's bytes. Machines with equal parts make equal
 * segments; others never work on the same clip.
 */
export type FingerprintParts = {
  readonly vsr: string;
  /** Version and build. */
  readonly ffmpeg: string;
  /** Architecture, and the features of the processor by which libraries choose their code. */
  readonly processor: string;
  /** Number of cores: encoders choose their threads by it, which changes their output. */
  readonly cores: string;
  /** The provider that is tried first. */
  readonly provider: string;
  /** A hash of the shipped models. */
  readonly models: string;
};

/** The parts, and the fingerprint's own name, by which queues are named. */
export type Fingerprint = FingerprintParts & { readonly id: string };

const partNames = ['vsr', 'ffmpeg', 'processor', 'cores', 'provider', 'models'] as const;

/** Processor features for which networks, scalers and codecs have their own code. */
const telling = [
  ...['sse4_1', 'sse4_2', 'avx', 'avx2', 'fma', 'f16c', 'avx_vnni'],
  ...['avx512f', 'avx512bw', 'avx512vl', 'avx512_vnni', 'avx512_bf16', 'amx_int8', 'amx_tile'],
];

function idOf(parts: FingerprintParts): string {
  return hashOf(parts).slice(0, 12);
}

/** The fingerprint of this machine with `ffmpeg` and `provider`. */
export async function fingerprintOf(
  ffmpeg: Ffmpeg,
  provider: ProviderChoice,
): Promise<Fingerprint> {
  const features = processorFeatures();
  const models = (await catalogue()).map(({ name, card }) => [name, card.sha256]);
  const parts: FingerprintParts = {
    vsr: version(),
    ffmpeg: `${ffmpeg.version} (build ${ffmpeg.build})`,
    processor: [process.arch, ...telling.filter((name) => features.has(name))].join(' '),
    cores: String(os.availableParallelism()),
    provider: candidatesFor(provider)[0]!.name,
    models: hashOf(models).slice(0, 12),
  };
  return { id: idOf(parts), ...parts };
}

/** Reads the fingerprint of another machine. Throws VsrError `media` where the text is none. */
export function readFingerprint(text: string): Fingerprint {
  const top = new Field(JSON.parse(text), 'a fingerprint');
  const parts = Object.fromEntries(
    partNames.map((name) => [name, top.at(name).string()]),
  ) as FingerprintParts;
  return { id: idOf(parts), ...parts };
}

/** The differences between `other` and `own`, in words. */
export function differences(own: FingerprintParts, other: FingerprintParts): string {
  return partNames
    .filter((name) => own[name] !== other[name])
    .map((name) => `${name} ${other[name]} instead of ${own[name]}`)
    .join(', ');
}

/** The name of the queue that machines of a fingerprint work off. */
export function queueName(fingerprint: string): string {
  return `vsr-${fingerprint}`;
}
