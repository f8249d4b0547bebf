/** Shares of red and blue in luma, by ffmpeg's name of the matrix. */
const shares: Readonly<Record<string, readonly [kr: number, kb: number]>> = {
  bt709: [0.2126, 0.0722],
  bt470bg: [0.299, 0.114],
  smpte170m: [0.299, 0.114],
  smpte240m: [0.212, 0.087],
  fcc: [0.3, 0.11],
  bt2020nc: [0.2627, 0.0593],
  bt2020c: [0.2627, 0.0593],
};

/**
 * The shares of red and blue in luma for a clip's matrix. Where the clip names none, or one without
 * such shares, the custom of players: BT.601 below 720 rows, BT.709 from there on.
 */
export function lumaShares(matrix: string | null, height: number): { kr: number; kb: number } {
  const [kr, kb] = shares[matrix ?? ''] ?? shares[height < 720 ? 'smpte170m' : 'bt709']!;
  return { kr, kb };
}
