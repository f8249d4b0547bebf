/** Start codes of MPEG program streams: all begin with 00 00 01; then the kind. */
const packCode = 0xba;
const endCode = 0xb9;
/** From here on a packet states its length; below lie codes of the pictures within. */
const firstPacketCode = 0xbb;

/** Packets that must follow one another as their lengths say before their chain is believed. */
const leastPackets = 3;

/** Bytes of the pack header at `at`; `null` where there is none, or too little of it to tell. */
function packHeaderBytes(bytes: Buffer, at: number): number | null {
  const mark = bytes[at + 4];
  if (mark === undefined) return null;
  if (mark >> 4 === 2) return 12; // MPEG-1
  const stuffing = bytes[at + 13];
  if (mark >> 6 !== 1 || stuffing === undefined) return null;
  return 14 + (stuffing & 7);
}

/**
 * Follows the packets from a pack on: how many there are, and whether the last one is longer than
 * the file.
 */
function follow(tail: Buffer, from: number): { readonly packets: number; readonly short: boolean } {
  let packets = 0;
  for (let at = from; at < tail.length;) {
    const left = tail.length - at;
    const kind = tail[at + 3];
    // Padding may follow the last packet, even of less than a code.
    if (left < 3 || tail.readUIntBE(at, 3) !== 1 || kind === endCode) {
      return { packets, short: false };
    }
    if (kind === undefined || left < 6) return { packets, short: true };
    if (kind === packCode) {
      const bytes = packHeaderBytes(tail, at);
      if (bytes === null) return { packets, short: left < 14 };
      at += bytes;
    } else if (kind >= firstPacketCode) {
      at += 6 + tail.readUInt16BE(at + 4);
    } else {
      return { packets: 0, short: false }; // No packet begins so: the pack was chance.
    }
    packets++;
    if (at > tail.length) return { packets, short: true };
  }
  return { packets, short: false };
}

/**
 * Whether a program stream (MPEG-1 or MPEG-2) breaks off within a packet, told from its last bytes:
 * each packet states its length. One that is cut between two packets cannot be told from a whole
 * one.
 */
export function programStreamIsCutOff(tail: Buffer): boolean {
  const code = Buffer.from([0, 0, 1, packCode]);
  for (let at = tail.indexOf(code); at >= 0; at = tail.indexOf(code, at + 4)) {
    const { packets, short } = follow(tail, at);
    if (packets >= leastPackets) return short;
  }
  return false;
}
