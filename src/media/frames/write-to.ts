import type { MediaProcess } from '../program/process.js';

/**
 * Hands bytes to a process's stdin; `false` where its pipe is closed. The write itself fails then:
 * racing against `done` instead would add a listener to it for every frame.
 */
export function writeTo(child: MediaProcess, bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => child.stdin!.write(bytes, (error) => resolve(error == null)));
}
