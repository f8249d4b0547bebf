import { existsSync, readdirSync } from 'node:fs';
import { VsrError } from '../../errors.js';
import { isFetched, problemOf, runtimeVersion } from './provider-files.js';

/** The execution providers of ONNX Runtime that vsr knows: what a session can run on. */
export const providerNames = ['cpu', 'cuda', 'tensorrt', 'webgpu', 'coreml', 'dml'] as const;

/** The name of a provider. */
export type ProviderName = (typeof providerNames)[number];

/** The provider that the user asks for; `device` counts from 0 among the provider's devices. */
export type ProviderChoice = { readonly name: 'auto' | ProviderName; readonly device?: number };

/** A provider to try. */
export type ProviderCandidate = { readonly name: ProviderName; readonly device: number };

/** The systems on which onnxruntime-node 1.30 has each provider, according to its README. */
const platforms: Readonly<Record<ProviderName, readonly NodeJS.Platform[]>> = {
  cpu: ['linux', 'darwin', 'win32'],
  cuda: ['linux'],
  tensorrt: ['linux'],
  webgpu: ['linux', 'darwin', 'win32'],
  coreml: ['darwin'],
  dml: ['win32'],
};

/** How to get a provider that does not start. */
const advice: Readonly<Record<ProviderName, string>> = {
  cpu: 'Is onnxruntime-node installed for this system?',
  cuda: 'Run `vsr setup cuda` to fetch its files; it needs an NVIDIA driver, CUDA and cuDNN 9 (docs/gpu.md says which).',
  tensorrt:
    'Run `vsr setup cuda` to fetch its files; it needs TensorRT 10 beside CUDA (docs/gpu.md).',
  webgpu: 'It needs a graphics driver with Vulkan, Metal or Direct3D 12.',
  coreml: 'It is part of macOS.',
  dml: 'It is part of Windows 10 and later, with a Direct3D 12 driver.',
};

/** Whether onnxruntime-node can have the provider on this system at all. */
export function isOffered(name: ProviderName): boolean {
  return platforms[name].includes(process.platform);
}

/** Whether there is a real GPU: Vulkan in software is slower than the CPU provider. */
function hasGraphicsDevice(): boolean {
  if (process.platform !== 'linux') return true;
  if (existsSync('/dev/nvidia0') || existsSync('/dev/dxg')) return true;
  try {
    return readdirSync('/dev/dri').some((name) => name.startsWith('render'));
  } catch {
    return false;
  }
}

/**
 * The providers to try, in order: for `auto`, each that may be faster than the CPU and whose files,
 * libraries and device are there, and the CPU last; for a name, only that provider. Throws VsrError
 * `provider` for a named provider that this system cannot have or that is not installed.
 */
export function candidatesFor(choice: ProviderChoice): ProviderCandidate[] {
  const device = choice.device ?? 0;
  if (choice.name !== 'auto') {
    if (!isOffered(choice.name)) {
      const here = providerNames.filter(isOffered).join(', ');
      throw new VsrError(
        'provider',
        `The provider ${choice.name} does not exist on ${process.platform} (onnxruntime-node ${runtimeVersion()}). Here there are: ${here}.`,
      );
    }
    const problem = isFetched(choice.name) ? problemOf(choice.name) : null;
    if (problem !== null) throw new VsrError('provider', `${problem} ${advice[choice.name]}`);
    return [{ name: choice.name, device }];
  }
  const order: readonly ProviderName[] = ['cuda', 'dml', 'coreml', 'webgpu'];
  const faster = order.filter(
    (name) =>
      isOffered(name) &&
      (!isFetched(name) || problemOf(name) === null) &&
      (name !== 'webgpu' || hasGraphicsDevice()),
  );
  return [...faster, 'cpu' as const].map((name) => ({ name, device }));
}

/** The error for candidates of which none starts: names the last, the reason and what to do. */
export function providerFailure(
  candidates: readonly ProviderCandidate[],
  reason: string,
): VsrError {
  const last = candidates.at(-1)!;
  // The runtime's message begins with a line of its source code, which is left out.
  const why = reason
    .replace(/\s+/g, ' ')
    .replace(/^.* was false\. /, '')
    .replace(/ ?\.?$/, '.');
  return new VsrError(
    'provider',
    `The provider ${last.name} (device ${last.device}) does not start: ${why} ${advice[last.name]}`,
  );
}
