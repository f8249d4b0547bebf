import { messageOf, passing, VsrError } from '../errors.js';
import type { ProviderCandidate } from '../model/runtime/providers.js';

/**
 * How long a device may take for one frame, in milliseconds, before it counts as hung. The slowest
 * device seen so far, a software Vulkan, takes ten seconds for the largest frame.
 */
export const longestDeviceFrameMs = 120_000;

/** What drivers and ONNX Runtime say when a device's memory ran out. */
const memoryWords =
  /out of memory|OUT_OF_(?:DEVICE_|HOST_)?MEMORY|Failed to allocate memory|bad_alloc/i;

/**
 * The error for a device that was lost, is out of memory or failed otherwise during a run: VsrError
 * `provider`, because the network is not the cause.
 */
export function deviceFailure({ name, device }: ProviderCandidate, error: unknown): VsrError {
  const said = messageOf(error)
    .replace(/\s+/g, ' ')
    .replace(/ ?\.?$/, '');
  const what = memoryWords.test(said) ? 'ran out of memory' : 'failed';
  return new VsrError('provider', `The device ${name}:${device} ${what} while running: ${said}.`, {
    cause: error,
  });
}

/** The error for a device that has taken `limitMs` for one frame. */
export function deviceHangs({ name, device }: ProviderCandidate, limitMs: number): VsrError {
  const seconds = Math.round(limitMs / 1000);
  return passing(
    new VsrError(
      'provider',
      `The device ${name}:${device} has not answered for ${seconds} s: its driver hangs.`,
    ),
  );
}
