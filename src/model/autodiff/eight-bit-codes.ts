/**
 * Largest magnitude of a weight's code: 7 bits with the sign. Without VNNI a processor adds two
 * products of 8-bit numbers in 16 bits, where 8-bit weights would overflow.
 */
export const LARGEST_WEIGHT = 63;

/** Largest code of a value between layers: 8 bits without a sign. */
export const LARGEST_CODE = 255;

/** Least range of a channel's weights, so that a channel of all zeros has no step of 0. */
export const SMALLEST_RANGE = 1e-9;
