/** Enlarges what is not luma: both chroma planes at their siting, and opacity. */
export type ChromaEnlarger = {
  /**
   * Fills chroma and alpha of the larger frame from the frame. Where `before` is given, a frame and
   * what was made of it, only what differs from it is computed.
   */
  enlarge(
    frame: Uint8Array,
    larger: Uint8Array,
    before?: { readonly input: Uint8Array; readonly output: Uint8Array },
  ): void;
};
