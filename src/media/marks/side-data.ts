/** How a spherical picture is projected on its sphere. */
export type Sphere = {
  /** ffmpeg's name: `equirectangular`, `cubemap`, `tiled equirectangular`. */
  readonly projection: string;
  /** The direction of the picture's middle, in degrees. */
  readonly pose: readonly [yaw: number, pitch: number, roll: number];
  /** Luma samples along each edge of a cube's faces that repeat the neighbouring face. */
  readonly padding: number;
  /** Shares of the sphere, 0 to 1, that a picture of a part of it leaves out on each side. */
  readonly outside: readonly [left: number, top: number, right: number, bottom: number];
};

/** The part of each picture that players show, in luma samples. */
export type ShownPart = {
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
};

/** Side data of a video's pictures. */
export type SideData = {
  /** ffprobe's name, such as `Stereo 3D`. */
  readonly type: string;
  /** How stereo views are packed into a picture: `side by side`; `null` for other side data. */
  readonly form: string | null;
  /** Whether the right one of two stereo views comes first. */
  readonly inverted: boolean;
  /** The projection of spherical pictures. */
  readonly sphere?: Sphere;
  /** The part of each picture that players show. */
  readonly shown?: ShownPart;
};

/** Side data of which only the name matters. */
export const sideData = (type: string): SideData => ({ type, form: null, inverted: false });

/** A kind of side data. */
type Kind = {
  /** The names that versions of ffprobe have for it. */
  readonly names: RegExp;
  /** Its name for people; `null` for what needs no announcement. */
  readonly title: string | null;
};

/** Every known kind of side data. What matches no line of this list is announced as unknown. */
const kinds: readonly Kind[] = [
  // Kept as the display matrix, or applied to the frames.
  { names: /^(?:Display Matrix|3x3 displaymatrix)$/, title: null },
  // Announced elsewhere: HDR metadata and captions.
  { names: /^(?:Mastering display|Content light level) metadata$/, title: null },
  { names: /^DOVI configuration record$|^Dolby Vision/, title: null },
  { names: /SMPTE ?2094-40/, title: null },
  { names: /Closed Captions/, title: null },
  // About how the source was encoded, which does not matter for an output that is encoded again.
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
 * The name for people of side data that ffprobe calls `type`; `null` where it needs no
 * announcement.
 */
export function sideDataTitle(type: string): string | null {
  const kind = kinds.find(({ names }) => names.test(type));
  return kind === undefined ? `${type} (unknown side data of the video)` : kind.title;
}
