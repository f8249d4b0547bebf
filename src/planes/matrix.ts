/** Shares of red and blue in luma (ITU-T H.273, table 4), by ffmpeg's name of the matrix. */
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
 * The shares of red and blue in luma, Kr and Kb, for a clip's matrix. Where the clip names no
 * matrix, or one without such shares, they are those that players assume: BT.601 below 720 rows,
 * BT.709 from 720 rows on.
 */
export function lumaShares(matrix: string | null, height: number): { kr: number; kb: number } {
  const [kr, kb] = shares[matrix ?? ''] ?? shares[height < 720 ? 'smpte170m' : 'bt709']!;
  return { kr, kb };
}
