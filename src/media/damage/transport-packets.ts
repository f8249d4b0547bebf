import type { FileHandle } from 'node:fs/promises';
import { readAt } from './read-at.js';

/** The first byte of every packet of a transport stream. */
const syncByte = 0x47;

/** Length of a packet from its first byte on. */
export const packetBytes = 188;

/**
 * Bytes from one packet to the next: 188; 192 with a time before each; 204 with parity after each.
 */
const packetSteps: readonly number[] = [packetBytes, 192, 204];

/** Bytes that are read at a time. */
const pieceBytes = 1 << 20;

/** So many packets in a row show where the first one begins. */
const surePackets = 5;
/** So many show where packets go on after something else. */
const likelyPackets = 3;

/** Who is told of what is found in a transport stream, in the order of the file. */
export type PacketVisitor = {
  /** A packet, which begins in `bytes` at `at` and in the file at `place`. */
  packet(bytes: Buffer, at: number, place: number): void;
  /**
   * Bytes that are no packets stand in the place of one or more, so that the next one is in step
   * with the one before. Other bytes between packets, such as padding after a recording to which
   * another was joined, are passed over.
   */
  overwritten(bytes: number): void;
};

/** Whether packets begin at `at` and `step` bytes after each other, as far as `bytes` reach. */
function inStep(bytes: Buffer, at: number, step: number, packets: number): boolean {
  for (let i = 0; i < packets && at + i * step < bytes.length; i++) {
    if (bytes[at + i * step] !== syncByte) return false;
  }
  return true;
}

/** Where the first packet begins, and the step to the next; `null` where there are no packets. */
function firstPacket(bytes: Buffer): { readonly at: number; readonly step: number } | null {
  for (let at = 0; at + likelyPackets * packetBytes <= bytes.length; at++) {
    if (bytes[at] !== syncByte) continue;
    const step = packetSteps.find((each) => inStep(bytes, at, each, surePackets));
    if (step !== undefined) return { at, step };
  }
  return null;
}

/** Bytes that hold no packets: where they begin in the file, and the step of packets. */
type Hole = { readonly place: number; readonly step: number };

/**
 * Where packets go on after a hole, from `at` on; `null` where that cannot be told yet. `base` is
 * the place of `bytes` in the file. At its end too few packets may be left to be sure: there only
 * one in step with those before the hole is taken.
 */
function nextPacket(
  bytes: Buffer,
  at: number,
  { place, step }: Hole,
  base: number,
  isEnd: boolean,
): number | null {
  for (let next = at; next + packetBytes <= bytes.length; next++) {
    if (bytes[next] !== syncByte) continue;
    const isSure = next + (likelyPackets - 1) * step < bytes.length;
    if (!isSure && !(isEnd && (base + next - place) % step === 0)) continue;
    if (inStep(bytes, next, step, likelyPackets)) return next;
  }
  return null;
}

/**
 * Reads a transport stream from beginning to end. What stands before the first packet and after the
 * last one is passed over.
 */
export async function readPackets(
  file: FileHandle,
  visitor: PacketVisitor,
  signal?: AbortSignal,
): Promise<void> {
  let bytes = await readAt(file, 0, pieceBytes);
  const first = firstPacket(bytes);
  if (first === null) return;
  const { step } = first;
  let hole: Hole | null = null;
  /** Place of `bytes` in the file, and of the next packet in `bytes`. */
  let [base, at] = [0, first.at];
  for (;;) {
    const piece = await readAt(file, base + bytes.length, pieceBytes);
    const isEnd = piece.length === 0;
    while (at + packetBytes <= bytes.length) {
      if (bytes[at] !== syncByte) hole ??= { place: base + at, step };
      if (hole !== null) {
        const next = nextPacket(bytes, at, hole, base, isEnd);
        if (next === null) {
          at = Math.max(at, bytes.length - likelyPackets * step);
          break;
        }
        const length = base + next - hole.place;
        if (length % step === 0) visitor.overwritten(length);
        [at, hole] = [next, null];
      }
      visitor.packet(bytes, at, base + at);
      at += step;
    }
    if (isEnd || signal?.aborted === true) return;
    const rest = Math.min(at, bytes.length);
    bytes = Buffer.concat([bytes.subarray(rest), piece]);
    base += rest;
    at -= rest;
  }
}
