/**
 * Largest weight: 7 bits, since without VNNI a processor adds two products of 8-bit numbers in 16
 * bits, and 8-bit weights would overflow there.
 */
export const LARGEST_WEIGHT = 63;

/** Largest code of a value between layers. */
export const LARGEST_CODE = 255;

/** A channel of all zeros has no largest weight; its step is this and its weights stay 0. */
export const SMALLEST_RANGE = 1e-9;
