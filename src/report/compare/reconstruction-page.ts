import path from 'node:path';
import { escapeHtml, escapeMarkup } from '../html.js';
import type { Crop } from '../page/before-after.js';
import { pageFrame } from '../page/page-frame.js';
import { pageStyle } from '../page/page-style.js';
import type { RgbPicture } from '../rgb-picture.js';
import { themeScript } from '../theme-script.js';
import type { ComparedPicture } from './compared-picture.js';
import { magnified } from './detail.js';
import type { Reconstruction, Reconstructions } from './reconstructions.js';
import { detailWords, reconstructionProtocol, showPsnr, sizesOf } from './reconstruction-words.js';

/** Longest side of a whole picture on the page, in pixels; larger ones are reduced. */
const mostSide = 1280;

const style = `
.wholes,.details{display:grid;gap:16px;grid-template-columns:repeat(2,minmax(0,1fr))}
.details{grid-template-columns:repeat(4,minmax(0,1fr))}
figure{margin:0}figcaption{color:var(--fg);overflow-wrap:anywhere}
.spot{position:relative;width:fit-content}.spot img{display:block;max-width:100%;height:auto;border-radius:6px}
.spot i{position:absolute;border:2px solid #fff;outline:1px solid #000;box-shadow:inset 0 0 0 1px #000}
.details img{display:block;width:100%;height:auto;image-rendering:pixelated;border-radius:6px}
table{width:auto}
@media (max-width:900px){.details{grid-template-columns:repeat(2,minmax(0,1fr))}}
@media (max-width:640px){.wholes{grid-template-columns:minmax(0,1fr)}table{width:100%}}
`;

/** A picture as a `data:` URI, lossless, so that nobody judges the page's coding. */
async function uriOf(picture: RgbPicture): Promise<string> {
  const { default: sharp } = await import('sharp');
  const { data, width, height } = picture;
  const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: mostSide, height: mostSide, fit: 'inside', withoutEnlargement: true })
    .webp({ lossless: true, effort: 2 })
    .toBuffer();
  return `data:image/webp;base64,${bytes.toString('base64')}`;
}

function row({ by, rmse, psnr }: Reconstruction): string {
  const cell = (label: string, text: string): string =>
    `<td class="n" data-label="${label}">${text}</td>`;
  return `<tr><th scope="row">${escapeHtml(by)}</th>${cell('RMSE, of 255', rmse.toFixed(2))}${cell('PSNR', showPsnr(psnr))}</tr>`;
}

async function whole(made: Reconstruction, { left, top, width, height }: Crop): Promise<string> {
  const { by, picture, rmse, psnr } = made;
  const share = (part: number, all: number): string => `${((100 * part) / all).toFixed(3)}%`;
  const spot = `left:${share(left, picture.width)};top:${share(top, picture.height)};width:${share(width, picture.width)};height:${share(height, picture.height)}`;
  const name = escapeHtml(by);
  return `<figure><figcaption><strong>${name}</strong>: RMSE ${rmse.toFixed(2)}, PSNR ${showPsnr(psnr)}</figcaption>
<div class="spot"><img src="${await uriOf(picture)}" alt="enlarged by ${name}"><i style="${spot}"></i></div></figure>`;
}

/** One self-contained page that shows a picture's own enlargements beside it. */
export async function reconstructionPage(
  made: Reconstructions,
  facts: ComparedPicture,
): Promise<string> {
  const { truth, bilinear, bicubic, ours } = made;
  const { detail } = facts;
  const part = async (name: string, picture: RgbPicture): Promise<string> => {
    const uri = await uriOf(magnified(picture, detail, detail.zoom));
    return `<figure><figcaption><strong>${escapeHtml(name)}</strong></figcaption><img src="${uri}" alt="detail, ${escapeHtml(name)}"></figure>`;
  };
  const parts = [
    await part('original', truth),
    ...(await Promise.all([bilinear, bicubic, ours].map(({ by, picture }) => part(by, picture)))),
  ];
  const wholes = await Promise.all([bilinear, ours].map((each) => whole(each, detail)));
  const isReduced = Math.max(truth.width, truth.height) > mostSide;
  const reduced = isReduced
    ? `<p class="hint">Reduced to ${mostSide} pixels on this page.</p>`
    : '';
  const main = `<p>${escapeMarkup(sizesOf(facts))}</p>
<table><thead><tr><th scope="col">by</th><th scope="col" class="n">RMSE, of 255</th><th scope="col" class="n">PSNR</th></tr></thead>
<tbody>${[bilinear, bicubic, ours].map(row).join('')}</tbody></table>
<h2>The whole picture</h2>
<div class="wholes">${wholes.join('\n')}</div>${reduced}
<h2>A detail, enlarged</h2>
<p class="hint">${escapeHtml(detailWords(facts, ours.by))} The frame above shows where it is.</p>
<div class="details">${parts.join('\n')}</div>
<p class="hint">${escapeHtml(reconstructionProtocol)}</p>`;
  return pageFrame({
    title: path.basename(facts.picture),
    what: 'compare',
    style: `${pageStyle}${style}`,
    ...{ main, data: facts },
    scripts: [themeScript],
  });
}
