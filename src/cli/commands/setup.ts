import { Command } from 'commander';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { VsrError } from '../../errors.js';
import { temporaryFolder } from '../../files/temporary-folder.js';
import {
  checkVersion,
  missingFor,
  providerFileName,
  providerFolder,
  type ProviderFile,
} from '../../model/runtime/provider-files.js';
import { archiveEnds, installFrom } from '../../model/runtime/provider-source.js';
import { printable } from '../../printable.js';

const examples = `
Examples:
  vsr setup cuda                     download what ONNX Runtime needs for NVIDIA GPUs (about 400 MB)
  vsr setup cuda --from ./ort-gpu    take the files from a folder, where no download is possible
  vsr setup cuda --from gpu.nupkg    or from an archive (${archiveEnds.join(', ')})
  vsr setup cuda --from npm:<name>   or from a package that npm fetches

Linux on x64 only. The files must be of ONNX Runtime's own version; docs/gpu.md says which driver, CUDA
and cuDNN they need. Check the result with: vsr doctor`;

/** The command `vsr setup`. */
export function setupCommand(): Command {
  const setup = new Command('setup')
    .description('Installs optional parts of vsr.')
    .addHelpText('after', examples);
  setup
    .command('cuda')
    .summary("install ONNX Runtime's files for NVIDIA GPUs")
    .description("Installs ONNX Runtime's files for NVIDIA GPUs.")
    .option('--from <source>', 'a folder, an archive or npm:<package> instead of the download')
    .addHelpText('after', examples)
    .action(async ({ from }: { from?: string }) => setupCuda(from));
  return setup;
}

async function setupCuda(from: string | undefined): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new VsrError(
      'provider',
      `ONNX Runtime's CUDA files exist for Linux on x64, but this is ${process.platform} on ${process.arch}. ` +
        (process.platform === 'win32'
          ? 'Use --provider dml here.'
          : 'Use --provider webgpu or cpu here.'),
    );
  }
  const folder = providerFolder();
  const made = from === undefined ? await download(folder) : await take(from, folder);
  const { names, looked } = missingFor('cuda', folder);
  const built = made.cuda === null ? '' : `, built for CUDA ${made.cuda}`;
  const lines = [
    `The CUDA provider of ONNX Runtime ${made.version}${built}, is in place.`,
    ...(names.length === 0
      ? []
      : [
          `It does not find ${names.join(', ')}. Looked in: ${looked.join(', ')}.`,
          'Install them (docs/gpu.md says how), or name their folder in LD_LIBRARY_PATH.',
        ]),
    'Check with: vsr doctor',
  ];
  process.stdout.write(`${lines.map(printable).join('\n')}\n`);
}

/** Installs the files from a source that the caller names. */
async function take(from: string, folder: string): Promise<ProviderFile> {
  await using work = await temporaryFolder('setup');
  // Awaited here, because the folder is removed once this function is left.
  return await installFrom(from, folder, work.path);
}

/** Runs the installer that comes with onnxruntime-node. */
async function download(folder: string): Promise<ProviderFile> {
  const require = createRequire(import.meta.url);
  const home = path.dirname(require.resolve('onnxruntime-node/package.json'));
  const child = spawn(process.execPath, [path.join(home, 'script', 'install.js')], {
    cwd: home,
    // Overrules the `skip` that keeps npm's own install from downloading.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'cuda12' },
    stdio: 'inherit',
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) {
    throw new VsrError(
      'provider',
      `The installer of onnxruntime-node ended with code ${code}: its download site may be out of reach. Nothing has changed; the CPU works as before. Take the files from a folder, an archive or an npm package with --from.`,
    );
  }
  return checkVersion('cuda', path.join(folder, providerFileName('cuda')));
}
