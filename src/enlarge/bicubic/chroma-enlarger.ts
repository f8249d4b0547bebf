/** Enlarges all planes but luma: both chroma planes at their siting, and alpha. */
export type ChromaEnlarger = {
  /**
   * Fills chroma and alpha of the larger frame. If `before`, an earlier frame with its enlargement,
   * is given, only what differs from it is computed.
   */
  enlarge(
    frame: Uint8Array,
    larger: Uint8Array,
    before?: { readonly input: Uint8Array; readonly output: Uint8Array },
  ): void;
};
