import { createHash } from 'node:crypto';
import path from 'node:path';
import { namesApart } from '../../names-apart.js';
import { printable } from '../../printable.js';
import { pageFrame } from '../page/page-frame.js';
import { pageStyle } from '../page/page-style.js';
import { themeScript } from '../theme-script.js';
import { blindScript } from './blind-script.js';
import type { Judged, Place } from './places.js';

const style = `
.three{display:grid;gap:12px;grid-template-columns:repeat(3,minmax(0,1fr));margin:8px 0}
.three figure{margin:0}.three figcaption{color:var(--fg);text-align:center}
.three img{display:block;width:100%;height:auto;border-radius:6px;background:#000;image-rendering:pixelated}
.bar button{min-height:44px;flex:1 1 140px}.bar button.small{flex:0 1 auto}
progress{width:100%;accent-color:var(--accent)}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--panel);padding:12px;border-radius:6px}
[hidden]{display:none}
@media (max-width:640px){
.three{gap:8px;grid-template-columns:repeat(2,minmax(0,1fr))}.three .original{order:-1;grid-column:1/3;max-width:320px;margin:0 auto;width:100%}
.bar button{flex:1 1 90px;padding:4px}
}
`;

const main = `<section id="ask" aria-label="Questions">
<p>Which of the two, left or right, is closer to the original? Their names are shown at the end.</p>
<p id="step" role="status"></p><progress id="done" value="0" aria-label="answered"></progress>
<div class="three">
<figure><figcaption>Left</figcaption><img id="left" alt="left candidate"></figure>
<figure class="original"><figcaption>Original</figcaption><img id="original" alt="original"></figure>
<figure><figcaption>Right</figcaption><img id="right" alt="right candidate"></figure>
</div>
<div class="bar"><button data-answer="left">Left is closer</button><button data-answer="tie">No difference</button><button data-answer="right">Right is closer</button></div>
<div class="bar"><button id="back" class="small">Back</button><span class="hint">Keys: ← left, → right, space no difference, backspace back. Answers stay in this browser.</span></div>
<p id="forgets" class="note" hidden>This browser keeps nothing for this page: answers are lost when it is closed.</p>
</section>
<section id="end" aria-label="Result" hidden>
<h2 id="over" tabindex="-1">The result</h2>
<div class="scroll"><table id="counts"><thead><tr></tr></thead><tbody></tbody></table></div>
<p class="hint">p is that of the sign test (exact, two-sided, ties left out): how likely counts at least as uneven are if neither is preferred. Below 0.05 is commonly taken for a preference. It holds for one person and these pictures.</p>
<div class="bar"><a id="csv" download>Save the answers as CSV</a><button id="again" class="small">Start again, forgetting these answers</button></div>
<details><summary>The answers as text</summary><pre id="text"></pre></details>
</section>`;

/** The page of a blind test, as HTML. It loads nothing, and its policy forbids the browser to. */
export function blindPage(test: Judged & { readonly places: readonly Place[] }): string {
  const { methods, reference, places } = test;
  const apart = namesApart(methods);
  const names = methods.map((file) => printable(apart.get(file) ?? file));
  const hash = createHash('sha256').update(JSON.stringify([names, places]));
  const data = {
    // The browser keeps the answers under this name, which differs between tests.
    id: hash.digest('hex').slice(0, 16),
    ...{ names, places },
  };
  return pageFrame({
    title: printable(path.basename(reference)),
    what: 'blind',
    style: `${pageStyle}${style}`,
    ...{ main, data },
    scripts: [themeScript, blindScript()],
  });
}
