/** How a spherical picture lies on its sphere. */
export type Sphere = {
  /** ffmpeg's name: `equirectangular`, `cubemap`, `tiled equirectangular`. */
  readonly projection: string;
  /** Where its middle looks, in degrees. */
  readonly pose: readonly [yaw: number, pitch: number, roll: number];
  /** Luma samples around each side of a cube that belong to its neighbours. */
  readonly padding: number;
  /** Shares of the whole sphere, 0 to 1, that lie outside of a picture of a part of it. */
  readonly outside: readonly [left: number, top: number, right: number, bottom: number];
};

/** The part of each picture that players show, in luma samples. */
export type ShownPart = {
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
};

/** Something that goes with the pictures, under the name that ffprobe has for it. */
export type SideData = {
  /** E.g. `Stereo 3D`. */
  readonly type: string;
  /** How the views lie, of stereo pictures: `side by side`; `null` for others. */
  readonly form: string | null;
  /** Of stereo pictures: the right view comes first. */
  readonly inverted: boolean;
  /** Of spherical pictures. */
  readonly sphere?: Sphere;
  /** Of pictures that players show a part of. */
  readonly shown?: ShownPart;
};

/** Side data that is nothing but its name. */
export const sideData = (type: string): SideData => ({ type, form: null, inverted: false });

/** A kind of side data, by ffprobe's names of it over the years. */
type Kind = {
  readonly names: RegExp;
  /** For people; `null` for what needs no word of its own. */
  readonly title: string | null;
};

/**
 * Every kind of side data that is known. What is in no line of this list is announced as unknown.
 */
const kinds: readonly Kind[] = [
  // Kept as the display matrix, or the frames are turned by it.
  { names: /^(?:Display Matrix|3x3 displaymatrix)$/, title: null },
  // Announced as HDR metadata, or as captions.
  { names: /^(?:Mastering display|Content light level) metadata$/, title: null },
  { names: /^DOVI configuration record$|^Dolby Vision/, title: null },
  { names: /SMPTE ?2094-40/, title: null },
  { names: /Closed Captions/, title: null },
  // What says how the source's own bits were made: other bits are made in their place.
  { names: /^(?:CPB properties|Quality stats|New Extradata|Param Change)$/i, title: null },
  { names: /^(?:Motion vectors|Video encoding parameters|H263 MB Info)$/i, title: null },
  { names: /User Data Unregistered/, title: null },
  { names: /^(?:Skip Samples|Metadata Strings|Strings Metadata|Palette)$/i, title: null },
  { names: /^(?:GOP timecode|MPEGTS Stream ID|Encryption .*)$/i, title: null },
  // Kept where the container or the encoder takes it.
  { names: /^Stereo 3D$/, title: 'the mark of stereo pictures (3D)' },
  { names: /^Spherical Mapping$/, title: 'the mark of a spherical picture (360 degrees)' },
  // Lost.
  { names: /Cropping/i, title: 'the part of the picture that players show (clean aperture)' },
  { names: /^(?:View ID|Second view)$/, title: 'the second view of a stereo stream' },
  { names: /3D Reference Displays/i, title: 'the reference displays of stereo pictures' },
  { names: /^Spatial video$/, title: "the mark of Apple's spatial video" },
  { names: /^Field of view$/, title: 'the field of view' },
  { names: /^Ambient viewing environment$/i, title: 'the ambient viewing environment' },
  { names: /^Content colour volume$/, title: 'the colours that the content makes use of' },
  { names: /^Active format description/i, title: 'the active format description' },
  { names: /Pan.?Scan/i, title: 'the pan and scan window' },
  { names: /^ICC profile$/i, title: 'the ICC profile of the frames' },
  { names: /Film grain/i, title: 'the parameters of film grain' },
  { names: /timecode/i, title: 'the timecode inside the frames' },
  { names: /Producer Reference Time/i, title: 'the times at which it was recorded' },
  { names: /Regions? Of Interest/i, title: 'the regions of interest' },
  { names: /bounding boxes/i, title: 'the marks of things that were recognised' },
  { names: /LCEVC/i, title: 'the LCEVC layer that enhances it' },
  { names: /HDR Dynamic Metadata|Vivid/i, title: 'dynamic HDR metadata' },
];

/**
 * What side data of the name `type` is called for people; `null` where nothing is to be said of
 * it.
 */
export function sideDataTitle(type: string): string | null {
  const kind = kinds.find(({ names }) => names.test(type));
  return kind === undefined ? `${type} (unknown side data of the video)` : kind.title;
}
