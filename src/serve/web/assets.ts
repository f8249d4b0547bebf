import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { pageStyle } from './page-style.js';

/** A file of the page: its media type and content. */
type Asset = { readonly type: string; readonly content: string };

/** The path of the library that draws the page, in its package. */
const drawing = createRequire(import.meta.url)
  .resolve('htm/preact')
  .replace(/[^/\\]*$/, 'standalone.module.js');

/** The page's own scripts, compiled into ../browser. */
const scripts = [
  'page.js',
  'files-panel.js',
  'wishes.js',
  'wishes-form.js',
  'track-choice.js',
  'clip-outlook.js',
  'near.js',
  'notes.js',
  'queue-panel.js',
  'machines-panel.js',
  'machines-words.js',
  'job-row.js',
  'client.js',
  'words.js',
];

/** The file of the page with this name; `null` for any other name. */
export async function assetOf(name: string): Promise<Asset | null> {
  const script = 'text/javascript; charset=utf-8';
  if (name === 'style.css') return { type: 'text/css; charset=utf-8', content: pageStyle };
  if (name === 'drawing.js') return { type: script, content: await readFile(drawing, 'utf8') };
  if (name !== 'printable.js' && !scripts.includes(name)) return null;
  const place = name === 'printable.js' ? '../../' : '../browser/';
  const file = fileURLToPath(new URL(place + name, import.meta.url));
  return { type: script, content: await readFile(file, 'utf8') };
}

/** The import map, by which the browser finds what the scripts import. */
const imports = JSON.stringify({
  imports: { 'htm/preact': '/app/drawing.js', '/printable.js': '/app/printable.js' },
});

/** The page may only load its own files and only reach its own address. */
export const pagePolicy = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${createHash('sha256').update(imports).digest('base64')}'`,
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page's HTML before its script has run. */
export const pageHtml = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>vsr</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/app/style.css">
<script type="importmap">${imports}</script>
<script type="module" src="/app/page.js"></script>
</head>
<body>
<noscript>This page needs JavaScript. Without it, use the command line: vsr upscale --help</noscript>
<div id="page"></div>
</body>
</html>
`;
