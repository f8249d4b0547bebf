/**
 * Mean figures of a model over a set of pictures, in the convention of the literature: BT.601 Y,
 * `scale` samples cut from each border.
 */
export type CardFigures = {
  /** Mean of the pictures' Y-PSNR, in dB. */
  readonly psnr: number;
  /** Mean SSIM of Y. */
  readonly ssim: number;
  /** Plain bicubic's mean Y-PSNR on the same pictures, in dB. */
  readonly bicubicPsnr: number;
};

/** A set of pictures a model was trained on. */
export type CardData = { readonly name: string; readonly licence: string };

/** What a shipped model is, how it came about and what it does; the JSON beside the ONNX file. */
export type ModelCard = {
  /** As `--model` takes it, for example `espcn-16-x2`. */
  readonly name: string;
  readonly arch: string;
  readonly scale: number;
  /** The model file's name beside the card. */
  readonly file: string;
  /** Of the model file, in hex. */
  readonly sha256: string;
  /** Weights and biases. */
  readonly parameters: number;
  readonly input: 'luma' | 'rgb';
  readonly trainedOn: readonly CardData[];
  /** Every setting of the training run, by option name. */
  readonly recipe: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /**
   * The pass ahead on whose output it was trained, if it is for the second of a chain; the hash is
   * that of its model, absent for plain bicubic.
   */
  readonly after?: { readonly name: string; readonly sha256?: string; readonly scale: number };
  /**
   * By name of the benchmark set; for a model of a later pass, the figures of both passes together.
   */
  readonly figures: Readonly<Record<string, CardFigures>>;
  /**
   * On the middles of the pictures that the run put aside for a test, made small as those it was
   * trained on; SSIM without a border. Absent where there were none.
   */
  readonly test?: CardFigures & { readonly pictures: number };
  /**
   * Of a model on RGB, how far it changes what should stay as it is, in largest differences from
   * bicubic, of 255: of `flat` colours, clipped or saturated, and of grey ramps; and of the middles
   * of coloured and black `patches` of 20x20 samples within white. It `stays` where these are at
   * most 2 and 3; `worst` is what went furthest.
   */
  readonly white?: {
    readonly flat: number;
    readonly patches: number;
    readonly worst: string;
    readonly stays: boolean;
  };
  /** The curves: validation figures over the run. */
  readonly curve?: readonly {
    readonly step: number;
    readonly loss: number;
    readonly psnr: number;
  }[];
  /** ISO date and time. */
  readonly created: string;
};
