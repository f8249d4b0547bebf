import type { Source } from '../source/source.js';
import type { Container } from '../formats/containers.js';

/** Tags about how the source's own file was made, which every output has of its own. */
const fileTags =
  /^(?:major_brand|minor_version|compatible_brands|encoder|encoded_by|creation_time|duration|timecode|handler_name|(?:operational_pattern|toolkit|product|company|material_package|modification|generation|uid).*)$/i;

/**
 * Whether the source has tags of Apple's or Android's cameras (`com.apple...`), which ffmpeg writes
 * into QuickTime files, and then all other tags as well, only with a flag. Cover art would be lost
 * with that flag, so it is not given where there is some.
 */
export function hasCameraTags(source: Source): boolean {
  return (
    Object.keys(source.tags).some((key) => key.startsWith('com.')) &&
    !source.streams.some(({ dispositions }) => dispositions.includes('attached_pic'))
  );
}

/** Names of the file's tags that the output will lack in `container`. */
export function lostTags(container: Container, source: Source): string[] {
  const { tags } = container;
  if (tags === null || (container.ticks === 'own' && hasCameraTags(source))) return [];
  return Object.keys(source.tags).filter((key) => {
    const name = key.toLowerCase().replace(/-[a-z]{3}$/, '');
    return !fileTags.test(name) && !tags.has(name);
  });
}
