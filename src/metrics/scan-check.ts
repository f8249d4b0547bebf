import type { Field } from '../files/json-field.js';
import type { SidecarScan } from './sidecar-schema.js';

const text = (field: Field): string => field.string();
const count = (field: Field): number => field.count();

const verdict = (field: Field) => ({
  kind: field.at('kind').string(),
  order: field.at('order').orNull(text),
  cadence: field.at('cadence').orNull(text),
  repeats: field.at('repeats').orNull(count),
});

/** A sidecar's scan; throws VsrError `media` naming what is wrong with it. */
export function scanIn(field: Field): SidecarScan {
  const flags = field.at('flags');
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
  };
}
