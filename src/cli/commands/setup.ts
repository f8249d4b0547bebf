import { Command } from 'commander';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { VsrError } from '../../errors.js';

const examples = `
Examples:
  vsr setup cuda     download what ONNX Runtime needs for NVIDIA GPUs (Linux x64, about 400 MB)

Needs the NVIDIA driver, CUDA 12 and cuDNN 9 on the machine. Check the result with: vsr doctor`;

/** The command `vsr setup`. */
export function setupCommand(): Command {
  const setup = new Command('setup')
    .description('Installs what is optional.')
    .addHelpText('after', examples);
  setup
    .command('cuda')
    .description('run the installer that comes with onnxruntime-node, which fetches the CUDA files')
    .action(setupCuda);
  return setup;
}

async function setupCuda(): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new VsrError(
      'provider',
      `ONNX Runtime's CUDA files exist for Linux on x64, but this is ${process.platform} on ${process.arch}. ` +
        (process.platform === 'win32'
          ? 'Use --provider dml here.'
          : 'Use --provider webgpu or cpu here.'),
    );
  }
  const require = createRequire(import.meta.url);
  const folder = path.dirname(require.resolve('onnxruntime-node/package.json'));
  const child = spawn(process.execPath, [path.join(folder, 'script', 'install.js')], {
    cwd: folder,
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
      `The installer of onnxruntime-node ended with code ${code}: its download site may be out of reach. Nothing has changed; the CPU works as before.`,
    );
  }
  process.stdout.write('The CUDA files are in place. Check with: vsr doctor\n');
}
