import type { ModelCard } from '../../model/catalogue/card.js';
import { enlarged } from '../../planes/enlarged.js';
import type { Plane } from '../../planes/plane.js';
import { resizePlane } from '../../planes/resize.js';
import { cornerColours } from '../pictures/charts.js';

/** Side, in samples, of a chart, and of the patch in the middle of some charts. */
const side = 64;
const patchSide = 20;

/** How far off a sample may be, of 255: in flat colours and ramps, and in the middle of patches. */
const most = { flat: 2, patch: 3 } as const;

/** A picture that is enlarged to see whether the network keeps its colours. */
export type WhiteChart = {
  readonly name: string;
  readonly kind: keyof typeof most;
  /** Red, green and blue. */
  readonly planes: readonly Plane[];
};

function planesOf(colourAt: (x: number, y: number) => readonly number[]): Plane[] {
  return [0, 1, 2].map((c) => {
    const data = Uint8Array.from({ length: side * side }, (_, i) => {
      return colourAt(i % side, Math.floor(i / side))[c]!;
    });
    return { data, width: side, height: side };
  });
}

const inPatch = (place: number) => Math.abs(place + 0.5 - side / 2) < patchSide / 2;

/**
 * Flat areas of clipped white and black and of the saturated colours, grey ramps, and black and
 * coloured patches within white: what networks on RGB turn green or black.
 */
export const whiteCharts: readonly WhiteChart[] = [
  ...Object.entries(cornerColours).map(([name, colour]): WhiteChart => {
    return { name, kind: 'flat', planes: planesOf(() => colour) };
  }),
  { name: 'a grey ramp', kind: 'flat', planes: planesOf((x) => Array<number>(3).fill(4 * x)) },
  {
    name: 'a slow grey ramp',
    kind: 'flat',
    planes: planesOf((_, y) => Array<number>(3).fill(192 + y)),
  },
  ...Object.entries(cornerColours)
    .filter(([name]) => name !== 'white')
    .map(([name, colour]): WhiteChart => {
      const { white } = cornerColours;
      const planes = planesOf((x, y) => (inPatch(x) && inPatch(y) ? colour : white));
      return { name: `${name} within white`, kind: 'patch', planes };
    }),
];

/**
 * The largest difference, of 255, of an enlarged chart from bicubic's: anywhere, or in the middle
 * half of the patch.
 */
export function chartDeviation(
  { kind, planes }: WhiteChart,
  larger: readonly Plane[],
  scale: number,
): number {
  const extent = enlarged(side, scale);
  const margin = kind === 'flat' ? 0 : ((side - patchSide / 2) / 2) * scale;
  const within = (place: number) => place >= margin && place < extent - margin;
  let largest = 0;
  for (const [c, plane] of planes.entries()) {
    const { data } = resizePlane(plane, extent, extent);
    for (let y = 0, i = 0; y < extent; y++) {
      for (let x = 0; x < extent; x++, i++) {
        if (!within(x) || !within(y)) continue;
        largest = Math.max(largest, Math.abs(data[i]! - larger[c]!.data[i]!));
      }
    }
  }
  return largest;
}

/** The figures that a model's card states. */
export type WhiteFigures = NonNullable<ModelCard['white']>;

/** The figures for all charts, from their deviations in the order of `whiteCharts`. */
export function whiteFigures(deviations: readonly number[]): WhiteFigures {
  const largest = (kind: WhiteChart['kind']) =>
    Math.max(...deviations.filter((_, i) => whiteCharts[i]!.kind === kind));
  const over = deviations.map((deviation, i) => deviation - most[whiteCharts[i]!.kind]);
  const worst = over.indexOf(Math.max(...over));
  return {
    flat: largest('flat'),
    patches: largest('patch'),
    worst: whiteCharts[worst]!.name,
    stays: over[worst]! <= 0,
  };
}

/** What a run says of a model that changes colours too much. */
export function whiteWords({ flat, patches, worst }: WhiteFigures): string {
  return `White does not stay white: flat colours and ramps are off by up to ${flat} of 255 (${most.flat} are allowed), patches within white by ${patches} (${most.patch}), ${worst} the most. The card says so; a larger --charts or more steps may help.`;
}
