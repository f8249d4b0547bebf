import type { Field } from '../files/json-field.js';
import { footageKinds } from '../planes/frame.js';
import type { SidecarScan } from './sidecar-schema.js';
import type { SidecarRuns } from './sidecar-settings.js';

const text = (field: Field): string => field.string();
const count = (field: Field): number => field.count();

const verdict = (field: Field) => ({
  kind: field.at('kind').string(),
  order: field.at('order').orNull(text),
  cadence: field.at('cadence').orNull(text),
  repeats: field.at('repeats').orNull(count),
});

/** Reads a sidecar's scan. Throws VsrError `media` that names what is wrong with it. */
export function scanIn(field: Field): SidecarScan {
  const flags = field.at('flags');
  const headNoise = field.at('headNoise').maybe(count);
  return {
    ...verdict(field),
    confidence: field.at('confidence').number(),
    places: field.at('places').list((place) => ({
      time: place.at('time').number(),
      ...verdict(place),
      frames: place.at('frames').count(),
      telling: place.at('telling').count(),
    })),
    flags: { top: flags.at('top').number(), bottom: flags.at('bottom').number() },
    borders: field.at('borders').orNull((borders) => ({
      left: borders.at('left').count(),
      right: borders.at('right').count(),
      top: borders.at('top').count(),
      bottom: borders.at('bottom').count(),
    })),
    ...(headNoise === undefined ? {} : { headNoise }),
    noise: field.at('noise').maybe((each) => each.orNull((level) => level.number())) ?? null,
  };
}

/** Reads what a sidecar says of the parts of a clip. Throws VsrError `media` as `scanIn` does. */
export function runsIn(field: Field): SidecarRuns {
  const rate = field.at('frameRate').orNull((each) => ({
    num: each.at('num').count(),
    den: each.at('den').count(),
  }));
  return {
    runs: field.at('runs').list((run) => ({
      first: run.at('first').count(),
      kind: run.at('kind').oneOf(...footageKinds),
      order: run.at('order').orNull((each) => each.oneOf('top', 'bottom')),
      cadence: run.at('cadence').orNull((each) => each.oneOf('3:2', '2:2')),
      place: run.at('place').count(),
    })),
    combed: field.at('combed').list(count),
    repeated: field.at('repeated').list(count),
    frames: field.at('frames').count(),
    frameRate: rate,
    weavesFilm: field.at('weavesFilm').boolean(),
    videoRate: field.at('videoRate').orNull((each) => each.oneOf('frame', 'field')),
    dropsRepeats: field.at('dropsRepeats').boolean(),
  };
}
