import path from 'node:path';

/** A file whose output gets a name made from its own. */
export type Named = {
  /** Absolute path. */
  readonly file: string;
  /** Folder that the output goes to. */
  readonly folder: string;
};

/**
 * Ways to name a file in a folder, each more specific than the one before: `clip`, `clip.mp4`,
 * `a-clip`, `a-clip.mp4`, `x-a-clip.mp4` ...
 */
function* waysToName(file: string): Generator<string> {
  const { dir, name, base } = path.parse(file);
  yield name;
  yield base;
  let before = '';
  for (const part of dir
    .split(/[/\\]/)
    .filter((word) => word !== '' && !word.endsWith(':'))
    .reverse()) {
    before = `${part}-${before}`;
    yield before + name;
    yield before + base;
  }
}

/**
 * Gives every file a name, without ending, for its output, in the order of the files. It is the
 * file's own name. Where several files of one output folder would get the same name, all of them
 * are named in the first way of `waysToName` that tells them apart. Names that differ only in case
 * count as the same. The names depend only on the files, so a second run finds those of the first.
 */
export function distinctNames(files: readonly Named[]): string[] {
  const names = files.map(({ file }) => path.parse(file).name);
  const keyOf = (i: number, name: string): string =>
    `${files[i]!.folder}/${name.normalize('NFC').toLowerCase()}`;
  const groups = new Map<string, number[]>();
  names.forEach((name, i) => {
    const key = keyOf(i, name);
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  const taken = new Set([...groups].flatMap(([key, group]) => (group.length === 1 ? [key] : [])));
  for (const group of groups.values()) {
    if (group.length === 1) continue;
    const ways = group.map((i) => [...waysToName(files[i]!.file)]);
    const most = Math.max(...ways.map((way) => way.length));
    for (let way = 1; way <= most; way++) {
      // A file with no way left gets its own name with a number.
      const tried = group.map((i, place) => ways[place]![way] ?? `${names[i]!}-${place + 1}`);
      const keys = group.map((i, place) => keyOf(i, tried[place]!));
      if (new Set(keys).size < group.length || keys.some((key) => taken.has(key))) continue;
      group.forEach((i, place) => (names[i] = tried[place]!));
      keys.forEach((key) => taken.add(key));
      break;
    }
  }
  return names;
}
