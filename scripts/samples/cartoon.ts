import type { Picture } from './picture.js';
import { drawSvg } from './svg-picture.js';

const ink = 'stroke="#2b1d1a" stroke-width="3" stroke-linejoin="round" stroke-linecap="round"';

function hills(shift: number, y: number, height: number, fill: string): string {
  let path = `M-20 300`;
  for (let x = -20; x <= 520; x += 10) {
    const at = (x + shift) / 90;
    path += `L${x} ${(y - height * (Math.sin(at) + 0.5 * Math.sin(2.3 * at + 1))).toFixed(1)}`;
  }
  return `<path d="${path}L520 300Z" fill="${fill}" ${ink}/>`;
}

function tree(x: number): string {
  const leaves = [[-16, -62], [16, -62], [0, -82], [0, -56]]
    .map(([dx, dy]) => `<circle cx="${x + dx!}" cy="${232 + dy!}" r="20" fill="#3f8f3a" ${ink}/>`)
    .join('');
  const fill = `<circle cx="${x}" cy="168" r="24" fill="#3f8f3a"/>`;
  const apples = `<circle cx="${x - 8}" cy="160" r="4" fill="#d8362a"/><circle cx="${x + 14}" cy="174" r="4" fill="#d8362a"/>`;
  return `<rect x="${x - 6}" y="185" width="12" height="52" fill="#7a4a25" ${ink}/>${leaves}${fill}${apples}`;
}

/** A walking fox; `step` is the phase of its legs. */
function fox(x: number, step: number): string {
  const bob = Math.abs(Math.sin(step)) * 4;
  const legs = [-24, -12, 16, 28].map((at, i) => {
    const swing = 13 * Math.sin(step + (i % 2) * Math.PI);
    return `<path d="M${at} 8L${at + swing} 34" stroke="#2b1d1a" stroke-width="11" stroke-linecap="round"/>
      <path d="M${at} 8L${at + swing * 0.9} 31" stroke="#c9581c" stroke-width="6" stroke-linecap="round"/>`;
  });
  const wag = 8 * Math.sin(step * 0.5);
  return `<g transform="translate(${x} ${206 - bob})">
    <path d="M-34 -2Q-72 ${-8 + wag} -78 ${-36 + wag}Q-50 ${-34 + wag} -32 -14Z" fill="#e8731f" ${ink}/>
    <path d="M-78 ${-36 + wag}Q-66 ${-34 + wag} -60 ${-26 + wag}L-70 ${-16 + wag}Z" fill="#fff7ea" ${ink}/>
    ${legs.join('')}
    <path d="M-38 0Q-38 -24 0 -22Q34 -24 38 -6Q40 16 0 16Q-36 18 -38 0Z" fill="#e8731f" ${ink}/>
    <path d="M-14 14Q4 4 30 10Q16 17 -14 14Z" fill="#fff7ea"/>
    <path d="M30 -20L28 -50L44 -36L58 -48L62 -22Q82 -10 84 -4Q62 8 46 2Q28 -2 30 -20Z" fill="#e8731f" ${ink}/>
    <path d="M84 -4Q62 8 46 2Q58 -8 84 -4Z" fill="#fff7ea"/><circle cx="84" cy="-4" r="4" fill="#2b1d1a"/>
    <ellipse cx="56" cy="-16" rx="3.5" ry="5" fill="#2b1d1a"/><circle cx="57" cy="-18" r="1.4" fill="#fff"/></g>`;
}

/**
 * A fox walks past hills and trees, 480x270. `n` counts frames, 24 per second; drawn on twos: each
 * drawing is shown for two frames.
 */
export async function cartoon(n: number): Promise<Picture> {
  const drawing = Math.floor(n / 2);
  const way = drawing * 5;
  const birds = [0, 1, 2].map((i) => {
    const flap = 7 * Math.sin(drawing * 0.9 + i);
    const [x, y] = [420 - drawing * 4 + i * 26, 60 + i * 9];
    return `<path d="M${x - 10} ${y - flap}Q${x - 4} ${y - 4} ${x} ${y}Q${x + 4} ${y - 4} ${x + 10} ${y - flap}" fill="none" ${ink}/>`;
  });
  const trees = [40, 190, 330, 520, 640].map((x) => tree(x - way * 0.8));
  const rays = Array.from({ length: 12 }, (_, i) => {
    const angle = (i * Math.PI) / 6 + Math.floor(drawing / 6) * 0.12;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    return `<path d="M${90 + 36 * c} ${62 + 36 * s}L${90 + 46 * c} ${62 + 46 * s}" ${ink}/>`;
  });
  const body = `<defs><linearGradient id="s" x2="0" y2="1"><stop offset="0" stop-color="#6fc3ef"/>
    <stop offset="1" stop-color="#e4f4fb"/></linearGradient></defs>
    <rect width="480" height="270" fill="url(#s)"/>
    <circle cx="90" cy="62" r="28" fill="#ffd23e" ${ink}/>${rays.join('')}
    <path d="M${300 - way * 0.1} 90q4-22 28-18q10-22 34-8q26-6 24 18q14 4 8 16h-92q-14-2-2-8Z" fill="#fff" ${ink}/>
    ${birds.join('')}${hills(way * 0.25, 170, 24, '#9ccf7a')}${hills(way * 0.5 + 200, 205, 16, '#79b84f')}
    ${trees.join('')}<rect y="234" width="480" height="40" fill="#d9b26a"/><path d="M-5 234H485" ${ink}/>
    ${[0, 1, 2, 3, 4, 5, 6, 7].map((i) => `<ellipse cx="${((i * 83 - way * 1.3) % 560 + 560) % 560 - 30}" cy="${246 + (i % 3) * 8}" rx="6" ry="2.5" fill="#a9813f"/>`).join('')}
    ${fox(150 + drawing * 2.5, drawing * 0.75)}`;
  return drawSvg(body, 480, 270);
}
