/** Ways to enlarge chroma. */
export const chromaKernels = ['bicubic', 'lanczos3', 'guided'] as const;
export type ChromaKernel = (typeof chromaKernels)[number];
