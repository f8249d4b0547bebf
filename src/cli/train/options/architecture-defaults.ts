import { architectures } from '../../../model/architectures/list.js';

/** What an option is in each architecture that has it, as `16 for espcn-16, 64 for resnet`. */
export function defaultsOf(option: 'depth' | 'width' | 'patch'): string {
  return architectures
    .flatMap(({ name, defaults }) =>
      defaults[option] === undefined ? [] : [`${defaults[option]} for ${name}`],
    )
    .join(', ');
}
