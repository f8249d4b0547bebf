import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { missingLibraries, neededLibraries, type MissingLibraries } from './shared-library.js';

/** Providers whose files do not come with onnxruntime-node. */
export type FetchedProvider = 'cuda' | 'tensorrt';

/** Whether a provider's files have to be fetched. */
export function isFetched(name: string): name is FetchedProvider {
  return name === 'cuda' || name === 'tensorrt';
}

/** The name of a provider's file on this system. */
export function providerFileName(name: FetchedProvider | 'shared'): string {
  return process.platform === 'win32'
    ? `onnxruntime_providers_${name}.dll`
    : `libonnxruntime_providers_${name}.so`;
}

/** Where ONNX Runtime looks for the files of its providers: beside itself. */
export function providerFolder(): string {
  const main = createRequire(import.meta.url).resolve('onnxruntime-node');
  return path.join(main, '../../bin/napi-v6', process.platform, process.arch);
}

/** The version of the installed ONNX Runtime, such as `1.30.0`. */
export function runtimeVersion(): string {
  const require = createRequire(import.meta.url);
  return (require('onnxruntime-node/package.json') as { version: string }).version;
}

/** What a provider's file says about itself. */
export type ProviderFile = {
  /** Of the ONNX Runtime that it was built with. */
  readonly version: string;
  /** The major version of CUDA that it was built for, where it names one. */
  readonly cuda: number | null;
  /** The libraries that it asks the loader for. */
  readonly needs: readonly string[];
};

/**
 * The first text of the form 1.2.3 that stands by itself in a library: its ONNX Runtime's version.
 */
function versionIn(file: string): string | null {
  const handle = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(4 * 1024 * 1024);
    // Pieces overlap, so that a text on a border is seen.
    const overlap = 32;
    for (let at = 0; ; at += buffer.length - overlap) {
      const count = readSync(handle, buffer, 0, buffer.length, at);
      const [, version] = /\0(\d+\.\d+\.\d+)\0/.exec(buffer.toString('latin1', 0, count)) ?? [];
      if (version !== undefined) return version;
      if (count < buffer.length) return null;
    }
  } finally {
    closeSync(handle);
  }
}

/**
 * Reads what the file of a CUDA or TensorRT provider for Linux was built for. Throws
 * VsrError('provider') where it is no such file.
 */
export function readProviderFile(file: string): ProviderFile {
  const needs = neededLibraries(file);
  const version = needs === null ? null : versionIn(file);
  if (needs === null || version === null) {
    throw new VsrError(
      'provider',
      `Expected a provider of ONNX Runtime for Linux on x64 but ${file} is none. Take the file from ONNX Runtime's GPU release ${runtimeVersion()}.`,
    );
  }
  const [, cuda] = /libcublas(?:Lt)?\.so\.(\d+)|libcudart\.so\.(\d+)/.exec(needs.join(' ')) ?? [];
  return { version, cuda: cuda === undefined ? null : Number(cuda), needs };
}

/** cuDNN is opened by the CUDA provider when it starts, so its file does not ask for it. */
const openedLater: Readonly<Record<FetchedProvider, readonly string[]>> = {
  cuda: ['libcudnn.so.9'],
  tensorrt: [],
};

/** Which libraries an installed provider, in `folder`, would not find. Linux only. */
export function missingFor(name: FetchedProvider, folder = providerFolder()): MissingLibraries {
  const file = path.join(folder, providerFileName(name));
  const needs = neededLibraries(file) ?? [];
  return missingLibraries([...needs, ...openedLater[name]], folder);
}

/**
 * Why a provider whose files have to be fetched cannot start, as far as a look at its folder and at
 * the loader's tells: not there, or without libraries that it needs. `null` where nothing is found.
 * ONNX Runtime itself prints such failures to the terminal and names no reason in its error.
 */
export function problemOf(name: FetchedProvider, folder = providerFolder()): string | null {
  const file = path.join(folder, providerFileName(name));
  if (!existsSync(file)) return `The provider ${name} is not installed.`;
  if (process.platform !== 'linux') return null;
  const { names, looked } = missingFor(name, folder);
  return names.length === 0
    ? null
    : `The provider ${name} does not find ${names.join(', ')}. Looked in: ${looked.join(', ')}.`;
}

/**
 * Throws VsrError('provider') where a provider's file was made for another ONNX Runtime than the
 * installed one, which would crash or compute nonsense. Reads the whole file. Linux only.
 */
export function checkVersion(name: FetchedProvider, file: string): ProviderFile {
  const made = readProviderFile(file);
  const runtime = runtimeVersion();
  if (made.version !== runtime) {
    throw new VsrError(
      'provider',
      `Expected the ${name} provider of ONNX Runtime ${runtime} but ${file} is of ${made.version}. Take the files of ONNX Runtime's GPU release ${runtime}.`,
    );
  }
  return made;
}
