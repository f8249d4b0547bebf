// Makes `npx vsr` find this checkout's own program at once. npm links a package's bin only where it is
// installed as a dependency; without the link npx installs the checkout into a cache of its own first.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.join('node_modules', '.bin');
mkdirSync(folder, { recursive: true });
if (process.platform === 'win32') {
  writeFileSync(path.join(folder, 'vsr.cmd'), '@node "%~dp0\\..\\..\\bin\\vsr.js" %*\r\n');
} else {
  const link = path.join(folder, 'vsr');
  rmSync(link, { force: true });
  symlinkSync(path.join('..', '..', 'bin', 'vsr.js'), link);
}
