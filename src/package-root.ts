import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
  return folder;
}

let root: string | undefined;

/** The folder that holds vsr's package.json, `models` and `build`, installed or in a checkout. */
export function packageRoot(): string {
  return (root ??= findRoot());
}
