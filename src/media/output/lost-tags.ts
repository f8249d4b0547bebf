import type { Source } from '../source/source.js';
import type { Container } from '../formats/containers.js';

/** Tags that say how the source's own file was made; every output has its own. */
const fileTags =
  /^(?:major_brand|minor_version|compatible_brands|encoder|encoded_by|creation_time|duration|timecode|handler_name|(?:operational_pattern|toolkit|product|company|material_package|modification|generation|uid).*)$/i;

/**
 * The file's tags that `container` will not have. Cameras' own (`com.apple...`) are kept in
 * QuickTime.
 */
export function lostTags(container: Container, source: Source): string[] {
  const { tags } = container;
  if (tags === null) return [];
  const keepsCameras = container.ticks === 'own';
  return Object.keys(source.tags).filter((key) => {
    const name = key.toLowerCase().replace(/-[a-z]{3}$/, '');
    if (fileTags.test(name) || tags.has(name)) return false;
    return !(keepsCameras && Object.keys(source.tags).some((each) => each.startsWith('com.')));
  });
}
