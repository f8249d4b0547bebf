import { pageMark } from '../../files/marks.js';
import { escapeHtml, jsonForScript } from '../html.js';

/** What a self-contained page is made of. */
export type PageParts = {
  /** Text of the page's heading, and the beginning of its title. */
  readonly title: string;
  readonly what: 'report' | 'preview' | 'blind' | 'compare';
  /** Its whole style sheet. */
  readonly style: string;
  /** HTML. */
  readonly main: string;
  /** For the scripts, which find it in the element `#<what>-data`. */
  readonly data: unknown;
  readonly scripts: readonly string[];
};

/** The content security policy: nothing is loaded that the page does not hold itself. */
const policy =
  "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** One HTML page that loads nothing; its policy forbids the browser to. */
export function pageFrame({ title, what, style, main, data, scripts }: PageParts): string {
  const heading = escapeHtml(title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${pageMark}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${heading}: vsr ${what}</title>
<style>${style}</style>
</head>
<body>
<header class="top" id="top"><h1>${heading}</h1><button id="theme" aria-pressed="false">Dark</button></header>
<main>
${main}
</main>
<script type="application/json" id="${what}-data">${jsonForScript(data)}</script>
${scripts.map((script) => `<script>${script}</script>`).join('\n')}
</body>
</html>
`;
}
