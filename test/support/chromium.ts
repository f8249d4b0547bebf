import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const file = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (each) => existsSync(each),
);

/** Why nothing can be tried in a browser here; `false` where it can. */
export const noBrowser = file === undefined ? 'chromium is not installed' : false;

/** Starts the browser that is installed, without its own requests to other sites. */
export function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: file!,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
      '--disable-background-networking',
    ],
  });
}
