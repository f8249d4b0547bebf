const light =
  '--bg:#fff;--fg:#1b1f24;--soft:#59636e;--line:#d5dae0;--panel:#f5f7f9;--accent:#0a66c2;--warn:#9a4d00';
const dark =
  '--bg:#14171b;--fg:#e6e9ec;--soft:#9aa5b1;--line:#353c45;--panel:#1d2228;--accent:#6cb6ff;--warn:#f0a35a';

/** The colours of all pages that vsr makes, light or dark by the reader's setting. */
export const pageColours = `
:root{color-scheme:light dark;${light}}
@media (prefers-color-scheme:dark){:root{${dark}}}
`;

/**
 * The report page's own style sheet: light and dark, by the reader's setting or the page's button.
 */
export const pageStyle = `${pageColours}:root[data-theme=light]{color-scheme:light;${light}}
:root[data-theme=dark]{color-scheme:dark;${dark}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif}
main,header.top{max-width:1320px;margin:0 auto;padding:0 20px}
header.top{display:flex;gap:16px;align-items:center;justify-content:space-between;padding-top:20px}
h1{font-size:22px;margin:0}h2{font-size:19px;margin:36px 0 8px;overflow-wrap:anywhere}h3{font-size:16px;margin:24px 0 6px}
a{color:var(--accent)}
button,select{font:inherit;color:inherit;background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:4px 10px;cursor:pointer}
button[aria-pressed=true]{background:var(--accent);color:var(--bg);border-color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:5px 12px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}
caption{text-align:left}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 18px;margin:8px 0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.note{color:var(--warn)}.hint{color:var(--soft);font-size:13px;margin:4px 0}
.bar{display:flex;flex-wrap:wrap;gap:8px;align-items:center;margin:8px 0}
.plot{border:1px solid var(--line);border-radius:8px;padding:8px;background:var(--bg)}
.runs svg{display:block;width:100%;height:24px;border-radius:6px}.runs .key{margin-right:14px;white-space:nowrap}
.runs .swatch{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:5px;vertical-align:-1px}
.runs .film{fill:#4477aa;background:#4477aa}.runs .video{fill:#cc6633;background:#cc6633}
.runs .progressive{fill:#888f99;background:#888f99}.runs .still{fill:#bbaa44;background:#bbaa44}.runs .unsure{fill:#aa4488;background:#aa4488}
.u-legend{font-size:13px}.u-inline tr{margin-right:14px}.uplot .u-legend th::after{display:none}
figure{margin:8px 0 20px}figcaption{color:var(--soft);font-size:13px;margin-bottom:6px}
.stage{position:relative;overflow:hidden;border-radius:6px;background:#000;max-width:100%;user-select:none;touch-action:pan-y}
.stage img{display:block;width:100%;height:auto}
.stage img.over{position:absolute;inset:0;height:100%;clip-path:inset(0 calc(100% - var(--at,50%)) 0 0)}
.stage .edge{position:absolute;top:0;bottom:0;left:var(--at,50%);width:2px;margin-left:-1px;background:#fff;box-shadow:0 0 0 1px #000,0 0 4px #000;pointer-events:none}
.stage .edge::after{content:"\\2194";position:absolute;top:50%;left:50%;transform:translate(-50%,-50%);background:#fff;color:#111;border:2px solid #111;border-radius:50%;width:30px;height:30px;display:grid;place-items:center;font-size:16px}
.stage input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:ew-resize}
.stage:has(input:focus-visible){outline:3px solid var(--accent);outline-offset:2px}
.stage .tag{position:absolute;top:8px;background:#000a;color:#fff;font-size:12px;padding:1px 8px;border-radius:4px;pointer-events:none}
.tag.l{left:8px}.tag.r{right:8px}
.crop{overflow:auto;max-width:100%;border-radius:6px}.crop .stage{max-width:none}.crop img{image-rendering:pixelated}
details>summary{cursor:pointer;margin:12px 0}details>summary h2{display:inline;margin:0}.up{margin:16px 0}
tr.unfinished strong{color:var(--warn)}
@media (max-width:640px){
main,header.top{padding:0 12px}dl{gap:3px 10px}
table,tbody,tr,td,th[scope=row]{display:block;width:100%}thead{display:none}caption{display:block}
tr{border-bottom:1px solid var(--line);padding:8px 0}td,th{border:0;padding:2px 0}th[scope=row]{overflow-wrap:anywhere}
td.n{display:flex;justify-content:space-between;gap:16px}td.n::before{content:attr(data-label);color:var(--soft)}
.u-legend,.u-legend *{width:auto}.u-legend tr{display:inline-block;border:0;padding:2px}.u-legend th,.u-legend td{display:inline-block;width:auto}
}
.pair{display:grid;gap:20px;grid-template-columns:minmax(0,1fr)}
.frames{display:flex;flex-wrap:wrap;gap:0 24px}.frame{flex:1 1 100%;min-width:0}.frame.small{flex:0 1 auto}.frame.small figure{margin-bottom:8px}
.plots>div{min-width:0}
@media (min-width:1000px){.plots.short{display:grid;gap:0 24px;grid-template-columns:repeat(auto-fit,minmax(480px,1fr))}}
`;
