/** The last byte of start codes in MPEG program streams; the others are 00 00 01. */
const packCode = 0xba;
const endCode = 0xb9;
/** Packets with this or a higher code state their length; lower codes occur within pictures. */
const firstPacketCode = 0xbb;

/** So many packets must follow one another by their lengths before a pack counts as found. */
const leastPackets = 3;

/** Length of the pack header at `at`; `null` where there is none, or not enough of it to tell. */
function packHeaderBytes(bytes: Buffer, at: number): number | null {
  const mark = bytes[at + 4];
  if (mark === undefined) return null;
  if (mark >> 4 === 2) return 12; // MPEG-1
  const stuffing = bytes[at + 13];
  if (mark >> 6 !== 1 || stuffing === undefined) return null;
  return 14 + (stuffing & 7);
}

/**
 * Follows the packets from a pack on. Returns how many there are, and whether the file ends within
 * the last one.
 */
function follow(tail: Buffer, from: number): { readonly packets: number; readonly short: boolean } {
  let packets = 0;
  for (let at = from; at < tail.length;) {
    const left = tail.length - at;
    const kind = tail[at + 3];
    // Padding may follow the last packet, perhaps shorter than a start code.
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
      return { packets: 0, short: false }; // No packet begins like this: it was no pack.
    }
    packets++;
    if (at > tail.length) return { packets, short: true };
  }
  return { packets, short: false };
}

/**
 * Whether a program stream (MPEG-1 or MPEG-2) ends within a packet. `tail` is its last bytes; every
 * packet states its length. A stream that was cut between two packets looks like a whole one.
 */
export function programStreamIsCutOff(tail: Buffer): boolean {
  const code = Buffer.from([0, 0, 1, packCode]);
  for (let at = tail.indexOf(code); at >= 0; at = tail.indexOf(code, at + 4)) {
    const { packets, short } = follow(tail, at);
    if (packets >= leastPackets) return short;
  }
  return false;
}
