import path from 'node:path';

/** Every file that belongs to one output, by name; none need exist. */
export type OutputPaths = {
  readonly output: string;
  /** The per-frame log; `null` when none is wanted. */
  readonly log: string | null;
  readonly sidecar: string;
  /** Holds the plan, the lock and the finished segments while the job is not done. */
  readonly workFolder: string;
};

/** `<folder>/<name>.x<scale><extension>`; the extension comes with its dot. */
export function outputName(
  input: string,
  scale: string,
  extension: string,
  folder?: string,
): string {
  const { dir, name } = path.parse(input);
  return path.join(folder ?? dir, `${name}.x${scale}${extension}`);
}

/** The sidecar's name for an output. */
export function sidecarPath(output: string): string {
  return `${output}.vsr.json`;
}

/** Names of everything beside `output`. `log` is the caller's wish: a path, nothing, or `false`. */
export function outputPaths(output: string, log: string | false | undefined): OutputPaths {
  return {
    output,
    log: log === false ? null : (log ?? `${output}.psnr.csv`),
    sidecar: sidecarPath(output),
    workFolder: `${output}.vsr-work`,
  };
}
