import type { ScanKind } from '../../src/media/scan/scan.js';
import type { FieldOrder } from '../../src/media/source/source.js';

/** What a made clip is. */
export type Truth = {
  readonly group: string;
  /** What a scan may call it. */
  readonly kinds: readonly ScanKind[];
  /** The field that comes first; `null` where the order is not judged. */
  readonly order: FieldOrder | null;
};

/**
 * One way of making a clip of a truth: of progressive frames, 50 a second, whose fields it takes,
 * or which it takes for film.
 */
export type FootageCase = {
  readonly name: string;
  readonly truth: Truth;
  /** ffmpeg's filters. */
  readonly filters: string;
  /** Frames per second of the clip. */
  readonly rate: string;
  /** What the frames' flags say. */
  readonly flag: 'whole' | 'top' | 'bottom';
  readonly quantiser: number;
  readonly frames: number;
};

const progressive: Truth = {
  group: 'whole pictures (also marked as fields, coarse, noisy, boxed)',
  kinds: ['progressive', 'repeats'],
  order: null,
};
const top: Truth = {
  group: 'interlaced, top field first (flags right, wrong or none, coarse, noisy)',
  kinds: ['interlaced'],
  order: 'top',
};
const bottom: Truth = {
  group: 'interlaced, bottom field first',
  kinds: ['interlaced'],
  order: 'bottom',
};
const film: Truth = {
  group: 'film in 30 frames (3:2), marked or not',
  kinds: ['telecine'],
  order: 'top',
};
const late: Truth = {
  group: 'film whose fields lie in two frames (2:2)',
  kinds: ['telecine'],
  order: null,
};
const both: Truth = { group: 'film and video in one clip', kinds: ['mixed'], order: null };
const euro: Truth = { group: 'film of 24 pictures in 25 frames', kinds: ['telecine'], order: null };
const repeats: Truth = {
  group: 'repeated frames, one in 2 or in 5',
  kinds: ['repeats'],
  order: null,
};
const blended: Truth = {
  group: 'blended frames, interlaced',
  kinds: ['interlaced'],
  order: null,
};
const scaled: Truth = {
  group: 'interlaced, then made smaller in height',
  kinds: ['interlaced'],
  order: null,
};
/** Film in whole frames that are flagged to be shown for two and three fields by turns. */
export const soft: Truth = {
  group: 'film in whole frames with flags to repeat fields',
  kinds: ['telecine'],
  order: null,
};

const fps25 = 'fps=25';
const interlaced = (order: 'tff' | 'bff'): string => `interlace=scan=${order}:lowpass=linear`;
/** The truth's frames are taken for film of 24 pictures a second. */
const asFilm = (filters: string): string => `settb=1001/24000,setpts=N,${filters}`;
const ntsc = '30000/1001';
const pulldown = asFilm('telecine=first_field=top:pattern=23,settb=1001/30000,setpts=N');

/**
 * A tape's picture: soft, with noise, borders and lines at the bottom in which the heads switch.
 */
const tape = (filters: string): string =>
  [
    'scale=176:288:flags=bicubic,scale=352:288:flags=bicubic,noise=alls=14:allf=t',
    `${filters},crop=336:280,pad=352:288:8:0:color=0x101010`,
    "geq=lum='if(gt(Y,H-9),if(lt(random(1),0.15),235,lum(X-24+8*sin(N),Y)),lum(X,Y))'",
  ].join(',') + ":cb='cb(X,Y)':cr='cr(X,Y)'";

/** Film of 60 frames, then video of 60 frames. */
const mixed =
  `split[a][b];[a]${pulldown},trim=end_frame=60[f];` +
  `[b]${interlaced('tff')},trim=end_frame=60,settb=1001/30000,setpts=N[v];[f][v]concat`;

type Row = readonly [
  name: string,
  truth: Truth,
  filters: string,
  rate: string,
  flag: FootageCase['flag'],
  more?: { readonly quantiser?: number; readonly frames?: number },
];

const rows: readonly Row[] = [
  ['p50', progressive, 'null', '50', 'whole'],
  ['p25', progressive, fps25, '25', 'whole'],
  ['psf', progressive, fps25, '25', 'top'],
  ['p25-coarse', progressive, fps25, '25', 'whole', { quantiser: 20 }],
  [
    ...(['boxed', progressive] as const),
    `${fps25},scale=352:216,pad=352:288:0:36:color=0x101010,noise=alls=3:allf=t`,
    ...(['25', 'whole'] as const),
  ],
  ['tape-p25', progressive, tape(fps25), '25', 'top', { quantiser: 5, frames: 50 }],
  ['top', top, interlaced('tff'), '25', 'top'],
  ['top-as-whole', top, interlaced('tff'), '25', 'whole'],
  ['top-as-bottom', top, interlaced('tff'), '25', 'bottom'],
  ['top-coarse', top, interlaced('tff'), '25', 'top', { quantiser: 12 }],
  ['top-as-whole-coarse', top, interlaced('tff'), '25', 'whole', { quantiser: 12 }],
  ['tape-top', top, tape(interlaced('tff')), '25', 'top', { quantiser: 5, frames: 50 }],
  ['bottom', bottom, interlaced('bff'), '25', 'bottom'],
  ['bottom-as-top', bottom, interlaced('bff'), '25', 'top'],
  ['film', film, pulldown, ntsc, 'top'],
  ['film-as-whole', film, pulldown, ntsc, 'whole'],
  ['late', late, `${fps25},phase=mode=t`, '25', 'top'],
  ['mixed', both, mixed, ntsc, 'top', { frames: 120 }],
  [
    ...(['euro', euro] as const),
    'settb=1/24,setpts=N,telecine=first_field=top:pattern=222222222223,settb=1/25,setpts=N',
    ...(['25', 'top'] as const),
  ],
  ['twice', repeats, 'fps=25/2,fps=25', '25', 'whole'],
  ['24-in-30', repeats, asFilm(`fps=${ntsc}`), ntsc, 'whole'],
  [
    ...(['blended', blended] as const),
    `framerate=fps=60000/1001:scene=100,${interlaced('tff')}`,
    ...([ntsc, 'top'] as const),
  ],
  ['scaled', scaled, `${interlaced('tff')},scale=352:240:interl=0`, '25', 'whole'],
];

/** The cases that ffmpeg alone can make; `makeCases` makes one more. */
export const footageCases: readonly FootageCase[] = rows.map(
  ([name, truth, filters, rate, flag, { quantiser = 4, frames = 75 } = {}]) => ({
    ...{ name, truth, filters, rate, flag, quantiser, frames },
  }),
);

/** ffmpeg's words for the frames' flags. */
const flagWords = { whole: 'prog', top: 'tff', bottom: 'bff' } as const;

/** ffmpeg's arguments that make a clip of a truth; `file` is its name. */
export function caseOutput(made: FootageCase, file: string): string[] {
  const isMarked = made.flag !== 'whole';
  return [
    ...['-an', '-vf', `${made.filters},setfield=${flagWords[made.flag]}`, '-r', made.rate],
    ...['-frames:v', String(made.frames), '-c:v', 'mpeg2video', '-q:v', String(made.quantiser)],
    ...['-g', '12', '-bf', '2', '-threads', '1'],
    ...(isMarked ? ['-flags', '+ildct+ilme', '-top', made.flag === 'top' ? '1' : '0'] : []),
    file,
  ];
}
