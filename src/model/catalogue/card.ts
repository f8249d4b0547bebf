/**
 * Mean figures of a model over a set of pictures, by the convention of the literature: measured on
 * BT.601 Y, without `scale` samples at each border.
 */
export type CardFigures = {
  /** Mean of the pictures' Y-PSNR, in dB. */
  readonly psnr: number;
  /** Mean SSIM of Y. */
  readonly ssim: number;
  /** Plain bicubic's mean Y-PSNR on the same pictures, in dB. */
  readonly bicubicPsnr: number;
};

/** A set of pictures that a model was trained on, and its licence. */
export type CardData = { readonly name: string; readonly licence: string };

/**
 * What a shipped model is, how it was trained and how good it is; the JSON beside its ONNX file.
 */
export type ModelCard = {
  /** The name that `--model` takes, for example `espcn-16-x2`. */
  readonly name: string;
  readonly arch: string;
  readonly scale: number;
  /** Name of the model file, in the card's folder. */
  readonly file: string;
  /** SHA-256 of the model file, in hex. */
  readonly sha256: string;
  /** Number of weights and biases. */
  readonly parameters: number;
  readonly input: 'luma' | 'rgb';
  readonly trainedOn: readonly CardData[];
  /** Every setting of the training run, by option name. */
  readonly recipe: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /**
   * For a model of a second pass: the first pass on whose output it was trained. `sha256` is that
   * of its model file, absent for plain bicubic.
   */
  readonly after?: { readonly name: string; readonly sha256?: string; readonly scale: number };
  /**
   * Figures by name of the benchmark set; for a model of a later pass, of both passes together.
   */
  readonly figures: Readonly<Record<string, CardFigures>>;
  /**
   * Figures on the middles of the pictures that the training run put aside as a test set, reduced
   * in the same way as its training pictures; no border is cut for SSIM. Absent without a test set.
   */
  readonly test?: CardFigures & { readonly pictures: number };
  /**
   * For RGB models: the largest difference from bicubic, in steps of 255, where a model should
   * change nothing. `flat` is that of flat colours, clipped or saturated, and of grey ramps;
   * `patches` that of the middles of coloured and black patches of 20x20 samples within white.
   * `stays` is true where these are at most 2 and 3; `worst` names the picture that differs most.
   */
  readonly white?: {
    readonly flat: number;
    readonly patches: number;
    readonly worst: string;
    readonly stays: boolean;
  };
  /** Validation figures in the course of the training run. */
  readonly curve?: readonly {
    readonly step: number;
    readonly loss: number;
    readonly psnr: number;
  }[];
  /** ISO date and time. */
  readonly created: string;
};
