import { namesApart } from '../../names-apart.js';
import { printable } from '../../printable.js';
import { showTime } from '../../show-time.js';
import { showBytes } from '../../files/show-bytes.js';
import { escapeHtml } from '../html.js';
import { busiestCrop } from '../page/before-after.js';
import { pageFrame } from '../page/page-frame.js';
import { pageStyle } from '../page/page-style.js';
import { themeScript } from '../theme-script.js';
import type { RgbPicture } from '../rgb-picture.js';
import type { ClipPreview, PreviewedFrame, PreviewedWay } from './preview-clip.js';
import { previewScript } from './preview-script.js';

/** Width of the whole source picture on the page. */
const overviewWidth = 320;

const style = `
.ways td,.ways th{vertical-align:top}
.tiles{display:grid;gap:12px;grid-template-columns:repeat(auto-fit,minmax(260px,1fr));margin:8px 0}
.tile{height:260px;border-radius:6px;background:#000 no-repeat;image-rendering:pixelated;cursor:grab;touch-action:none}
.tiles figcaption{margin:0 0 4px;color:var(--fg)}
.tiles figure{margin:0}
.stage .marker{position:absolute;border:1px solid #fff;box-shadow:0 0 0 1px #000;pointer-events:none}
.overview{position:relative;display:inline-block;line-height:0}.overview img{border-radius:4px}
.overview button{padding:0;border-width:2px;line-height:0;overflow:hidden;background:none}
.overview button[aria-pressed=true]{border-color:var(--accent);background:none}
.overview span{position:absolute;border:2px solid #fff;box-shadow:0 0 0 1px #000;pointer-events:none}
.strip{display:flex;flex-wrap:wrap;gap:10px;margin:8px 0}.strip small{display:block;color:var(--soft);line-height:1.6}
select{max-width:100%}
.motion{margin:8px 0}.motion video{max-width:100%;max-height:80vh;border-radius:6px;background:#000}
@media (max-width:640px){.strip .overview img{width:150px;height:auto}.tile{height:200px}}
`;

async function webp(picture: RgbPicture, rotation: number, width?: number): Promise<string> {
  const { default: sharp } = await import('sharp');
  const raw = { width: picture.width, height: picture.height, channels: 3 } as const;
  let image = sharp(picture.data, { raw });
  if (width !== undefined) image = image.resize({ width, withoutEnlargement: true });
  if (rotation !== 0) image = image.rotate(rotation);
  // The least effort, because a user waits for the page.
  const bytes = await image.webp({ quality: 92, effort: 1 }).toBuffer();
  return `data:image/webp;base64,${bytes.toString('base64')}`;
}

/** Where the ways differ most, as shares of the picture. */
function startOf({ larger }: PreviewedFrame): [number, number] {
  const [plain, ours] = larger;
  if (plain === undefined || ours === undefined) return [0.5, 0.5];
  const crop = busiestCrop(ours, plain, 320, 260);
  const { left, top, width, height } = crop;
  return [(left + width / 2) / plain.width, (top + height / 2) / plain.height];
}

/** A place in a picture, in shares of its size, after rotating it by degrees clockwise. */
function turned([x, y]: [number, number], rotation: number): [number, number] {
  if (rotation === 90) return [1 - y, x];
  if (rotation === 180) return [1 - x, 1 - y];
  if (rotation === 270) return [y, 1 - x];
  return [x, y];
}

/** What the page's script needs of a clip. */
async function dataOf(clip: ClipPreview): Promise<unknown> {
  const { rotation } = clip;
  const shown = clip.frames[0]!.larger[0]!;
  const lies = rotation % 180 !== 0;
  const frames = [];
  for (const { larger } of clip.frames) {
    // Two at a time, as threads of their own encode them.
    const pictures: string[] = [];
    for (let i = 0; i < larger.length; i += 2) {
      const pair = larger.slice(i, i + 2).map((picture) => webp(picture, rotation));
      pictures.push(...(await Promise.all(pair)));
    }
    frames.push({ larger: pictures });
  }
  return {
    ways: clip.ways.map(({ name }) => name),
    width: lies ? shown.height : shown.width,
    height: lies ? shown.width : shown.height,
    start: turned(startOf(clip.frames[0]!), rotation),
    frames,
  };
}

function wayRow(way: PreviewedWay, threads: number): string {
  const { name, role, seconds, runs, asked } = way;
  const on = `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  const time = seconds === null ? '' : `about ${showTime(Math.max(1, seconds))} on ${on}`;
  const how = asked === null ? '' : `<code>${escapeHtml(asked)}</code>`;
  const cells = [role, time, runs ?? '', how];
  const labels = ['what it is', 'the whole clip', 'runs as', 'asked for by'];
  const shown = cells.map(
    (cell, i) => `<td data-label="${labels[i]}">${i === 3 ? cell : escapeHtml(cell)}</td>`,
  );
  return `<tr><th scope="row">${escapeHtml(name)}</th>${shown.join('')}</tr>`;
}

function factsOf(clip: ClipPreview): string {
  const { sourceSize, size, frameCount } = clip;
  const turn = (extent: { width: number; height: number }): string =>
    clip.rotation % 180 === 0
      ? `${extent.width}x${extent.height}`
      : `${extent.height}x${extent.width}`;
  const frames = frameCount === null ? 'length unknown' : `${frameCount} frames`;
  const rows: [string, string][] = [
    ['Source', `${clip.clip}, ${turn(sourceSize)}, ${frames}`],
    ['Output', `${clip.output}, ${turn(size)}, ${clip.encoder}`],
    ['Chosen', clip.reason],
    ['Size', clip.bytes === null ? 'unknown' : `about ${showBytes(clip.bytes)}`],
  ];
  return `<dl>${rows.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`;
}

function notesOf({ notes }: ClipPreview): string {
  const lines = notes.map((note) => {
    const kind = note.event === 'lost' ? 'would be lost' : note.kind;
    return `<li class="note">${escapeHtml(`${kind}: ${note.what}: ${note.why}`)}</li>`;
  });
  const lost = notes.some(({ event }) => event === 'lost');
  const nothing = lost ? '' : '<p class="hint">Nothing of the clip would be lost.</p>';
  return `${nothing}${lines.length === 0 ? '' : `<ul>${lines.join('')}</ul>`}`;
}

/** A short part in motion. */
function motionOf({ motion }: ClipPreview): string {
  if (motion === null) return '';
  const about = `${showTime(motion.from)} to ${showTime(motion.to)}, enlarged by ${motion.by}`;
  const data = Buffer.from(motion.mp4).toString('base64');
  return `<h3>In motion</h3><figure class="motion"><video controls loop muted playsinline preload="auto" aria-label="${escapeHtml(about)}" src="data:video/mp4;base64,${data}"></video><figcaption class="hint">${escapeHtml(about)}, without sound</figcaption></figure>`;
}

async function stripOf(clip: ClipPreview): Promise<string> {
  const shown: string[] = [];
  for (const [i, { time, source, part }] of clip.frames.entries()) {
    const picture = await webp(source, clip.rotation, overviewWidth);
    // In a rotated picture the mark would have to be rotated, too; there it is left out.
    const whole = part.width === source.width && part.height === source.height;
    const share = (value: number, of: number): string => `${((100 * value) / of).toFixed(2)}%`;
    const mark =
      whole || clip.rotation !== 0
        ? ''
        : `<span style="left:${share(part.left, source.width)};top:${share(part.top, source.height)};width:${share(part.width, source.width)};height:${share(part.height, source.height)}"></span>`;
    shown.push(
      `<div><div class="overview"><button data-frame="${i}" aria-pressed="${i === 0}" aria-label="Show the frame at ${showTime(time)}"><img src="${picture}" alt="" width="200">${mark}</button></div><small>at ${showTime(time)}</small></div>`,
    );
  }
  return `<div class="strip">${shown.join('')}</div>`;
}

async function sectionOf(clip: ClipPreview, number: number, name: string, alone: boolean) {
  const heading = escapeHtml(name);
  const options = (chosen: number): string =>
    clip.ways
      .map(
        (way, i) =>
          `<option value="${i}"${i === chosen ? ' selected' : ''}>${escapeHtml(way.name)}</option>`,
      )
      .join('');
  const tiles = clip.ways.map(
    (way) =>
      `<figure><figcaption>${escapeHtml(way.name)}</figcaption><div class="tile" tabindex="0" role="img" aria-label="${escapeHtml(way.name)} magnified; arrow keys move the place"></div></figure>`,
  );
  const zooms = [1, 2, 4].map(
    (zoom) => `<button data-zoom="${zoom}" aria-pressed="${zoom === 1}">${zoom}:1</button>`,
  );
  const { source, part } = clip.frames[0]!;
  const isPart = part.width < source.width || part.height < source.height;
  const hint = isPart
    ? 'Large pictures are shown in the part with the most detail, framed above.'
    : '';
  return `<section data-clip="${number}" aria-label="${heading}">${alone ? '' : `<h2>${heading}</h2>`}
${factsOf(clip)}${notesOf(clip)}
<div class="scroll"><table class="ways"><thead><tr><th scope="col">by</th><th scope="col">what it is</th><th scope="col">the whole clip</th><th scope="col">runs as</th><th scope="col">asked for by</th></tr></thead>
<tbody>${clip.ways.map((way) => wayRow(way, clip.threads)).join('')}</tbody></table></div>
<p class="hint">Times take every frame to be new; parts that do not change from frame to frame cost less.</p>
${motionOf(clip)}<h3>Frames</h3>${await stripOf(clip)}
<div class="bar"><label>Left <select class="left">${options(0)}</select></label><label>Right <select class="right">${options(1)}</select></label></div>
<figure class="slider"><div class="stage">
<img class="under" alt=""><img class="over" alt=""><span class="tag l"></span><span class="tag r"></span><span class="marker"></span><span class="edge"></span>
<input type="range" min="0" max="100" step="0.5" value="50" aria-label="Where the left picture ends"></div></figure>
<p class="hint">${hint} A click moves the magnifier there.</p>
<h3>Magnifier</h3><div class="bar">${zooms.join('')}<span class="hint">at <span class="place"></span> of each; drag, or use the arrow keys</span></div>
<div class="tiles">${tiles.join('')}</div></section>`;
}

/** One self-contained HTML page about `clips`. It loads nothing. */
export async function previewPage(clips: readonly ClipPreview[]): Promise<string> {
  const apart = namesApart(clips.map(({ clip }) => clip));
  const nameOf = (file: string): string => printable(apart.get(file) ?? file);
  const alone = clips.length === 1;
  const title = alone ? nameOf(clips[0]!.clip) : `${clips.length} clips`;
  const sections: string[] = [];
  const data: unknown[] = [];
  for (const [number, clip] of clips.entries()) {
    sections.push(await sectionOf(clip, number, nameOf(clip.clip), alone));
    data.push(await dataOf(clip));
  }
  return pageFrame({
    title,
    what: 'preview',
    style: `${pageStyle}${style}`,
    main: sections.join('\n'),
    data,
    scripts: [themeScript, previewScript],
  });
}
