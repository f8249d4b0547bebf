/** Figures of one way of enlarging: R, G and B of the whole picture together. */
export type ReconstructionFigures = {
  /** `bilinear`, `bicubic`, or the names of the models. */
  readonly by: string;
  /** Root of the mean squared error, of 255. */
  readonly rmse: number;
  /** Decibels, of the same mean squared error. */
  readonly psnr: number;
};

/** What was compared, and the figures. */
export type ComparedPicture = {
  readonly picture: string;
  readonly scale: number;
  /** Size of the file's picture. */
  readonly source: { readonly width: number; readonly height: number };
  /** Size of what is compared: the picture, cropped to what the scale makes whole. */
  readonly width: number;
  readonly height: number;
  /** Size it was reduced to. */
  readonly small: { readonly width: number; readonly height: number };
  /** Bilinear, bicubic, and the model. */
  readonly figures: readonly ReconstructionFigures[];
  /** The part that is shown enlarged, in pixels. */
  readonly detail: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
    /** How many pixels each way one of its pixels is shown as. */
    readonly zoom: number;
    /** It is where bilinear and the model differ most; otherwise the call named it. */
    readonly isChosen: boolean;
  };
};
