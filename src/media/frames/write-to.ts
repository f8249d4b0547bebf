import type { MediaProcess } from '../program/process.js';

/**
 * Writes bytes to a process's stdin. Resolves with `false` where the process has closed its pipe,
 * so that a race against `done`, which would add a callback for every frame, is not needed.
 */
export function writeTo(child: MediaProcess, bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => child.stdin!.write(bytes, (error) => resolve(error == null)));
}
