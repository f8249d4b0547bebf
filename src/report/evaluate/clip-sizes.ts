import type { Source } from '../../media/source/source.js';
import { frameLayout, type FrameLayout } from '../../planes/pixel-format.js';
import { resizeFrame } from '../../planes/resize-frame.js';
import type { ResizeKernel } from '../../planes/resize.js';
import type { ChromaSiting } from '../../planes/siting.js';
import { croppedLayout } from './clip-frames.js';

/** How a clip's frames are laid out, whole and reduced, and the ways from one to the other. */
export class ClipSizes {
  readonly high: FrameLayout;
  readonly low: FrameLayout;
  readonly siting: ChromaSiting;

  constructor(source: Source, scale: number) {
    this.high = croppedLayout(source, scale);
    const { format, width, height } = this.high;
    this.low = frameLayout(format, width / scale, height / scale);
    this.siting = source.video.colour.siting ?? 'left';
  }

  reduce(data: Uint8Array): Uint8Array {
    return resizeFrame(data, this.high, this.low, { siting: this.siting }).data;
  }

  enlarge(data: Uint8Array, kernel: ResizeKernel): Uint8Array {
    return resizeFrame(data, this.low, this.high, { siting: this.siting, kernel }).data;
  }
}
