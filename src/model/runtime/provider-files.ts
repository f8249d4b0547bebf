import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { missingLibraries, neededLibraries, type MissingLibraries } from './shared-library.js';

/** Providers whose files do not come with onnxruntime-node. */
export type FetchedProvider = 'cuda' | 'tensorrt';

/** Whether a provider's files have to be fetched (`vsr setup cuda`). */
export function isFetched(name: string): name is FetchedProvider {
  return name === 'cuda' || name === 'tensorrt';
}

/** The name of a provider's file on this system. */
export function providerFileName(name: FetchedProvider | 'shared'): string {
  return process.platform === 'win32'
    ? `onnxruntime_providers_${name}.dll`
    : `libonnxruntime_providers_${name}.so`;
}

/**
 * The folder in which ONNX Runtime looks for the files of its providers: that of its own library.
 */
export function providerFolder(): string {
  const main = createRequire(import.meta.url).resolve('onnxruntime-node');
  return path.join(main, '../../bin/napi-v6', process.platform, process.arch);
}

/** The version of the installed ONNX Runtime, such as `1.30.0`. */
export function runtimeVersion(): string {
  const require = createRequire(import.meta.url);
  return (require('onnxruntime-node/package.json') as { version: string }).version;
}

/** What a provider's file was built for. */
export type ProviderFile = {
  /** The version of ONNX Runtime that it belongs to, such as `1.30.0`. */
  readonly version: string;
  /** The major version of CUDA that it was built for; `null` where it names none. */
  readonly cuda: number | null;
  /** The libraries that it needs, such as `libcublasLt.so.13`. */
  readonly needs: readonly string[];
};

/**
 * The version of ONNX Runtime in a provider's library: its first string of the form 1.2.3.
 */
function versionIn(file: string): string | null {
  const handle = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(4 * 1024 * 1024);
    // Pieces overlap, so that a string across two of them is found.
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
 * Reads what the file of a CUDA or TensorRT provider for Linux was built for. Throws VsrError
 * `provider` for any other file.
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

/** Libraries that a provider opens when it starts, and that its file therefore does not name. */
const openedLater: Readonly<Record<FetchedProvider, readonly string[]>> = {
  cuda: ['libcudnn.so.9'],
  tensorrt: [],
};

/** The libraries that an installed provider in `folder` needs and would not find. Linux only. */
export function missingFor(name: FetchedProvider, folder = providerFolder()): MissingLibraries {
  const file = path.join(folder, providerFileName(name));
  const needs = neededLibraries(file) ?? [];
  return missingLibraries([...needs, ...openedLater[name]], folder);
}

/**
 * Why a provider whose files have to be fetched cannot start: it is not installed, or on Linux,
 * libraries that it needs are missing. `null` where no reason is found. ONNX Runtime itself prints
 * such failures to the terminal and names no reason in its error.
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
 * Reads a provider's file, and throws VsrError `provider` if it was built for another version of
 * ONNX Runtime than the installed one: that would crash or compute nonsense. Linux only.
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
