import path from 'node:path';

/**
 * A short name for each path: its last part, or as many parts as tell it from the others. Of
 * `a/clip.mp4` and `b/clip.mp4` those are themselves; of `a/one.mp4` and `b/two.mp4` they are
 * `one.mp4` and `two.mp4`.
 */
export function namesApart(files: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  let pending = [...new Set(files)];
  for (let parts = 1; pending.length > 0; parts++) {
    const tails = new Map<string, string[]>();
    for (const file of pending) {
      const tail = file.split(path.sep).slice(-parts).join(path.sep);
      tails.set(tail, [...(tails.get(tail) ?? []), file]);
    }
    pending = [];
    for (const [tail, sharing] of tails) {
      if (sharing.length === 1) names.set(sharing[0]!, tail);
      else pending.push(...sharing);
    }
  }
  return names;
}
