import path from 'node:path';

/**
 * Default path of the page about `outputs`: beside the only one, or in the folder that contains
 * them all, however deep.
 */
export function reportPathOf(outputs: readonly [string, ...string[]]): string {
  const first = outputs[0].replace(/\.vsr\.json$/, '');
  if (outputs.length === 1) return `${first}.report.html`;
  let folder = path.dirname(path.resolve(first));
  const isWithin = (output: string): boolean =>
    path.resolve(output).startsWith(path.join(folder, path.sep));
  while (!outputs.every(isWithin) && folder !== path.dirname(folder)) folder = path.dirname(folder);
  const isBelow = !path.isAbsolute(first) && folder.startsWith(process.cwd());
  return path.join(isBelow ? path.relative('', folder) : folder, 'vsr-report.html');
}
