import type { Picture } from './picture.js';
import { drawSvg } from './svg-picture.js';

const code = `/** A queue that keeps the order in which things came. */
export class Queue<T> {
  readonly #items: T[] = [];
  readonly #limit: number;

  constructor(limit = 64) {
    if (limit < 1) throw new RangeError(\`limit \${limit}\`);
    this.#limit = limit;
  }

  get size(): number {
    return this.#items.length;
  }

  push(item: T): boolean {
    if (this.size === this.#limit) return false;
    this.#items.push(item);
    return true;
  }

  /** The oldest item, or undefined when there is none. */
  shift(): T | undefined {
    return this.#items.shift();
  }

  *drain(): Generator<T> {
    for (let item; (item = this.shift()) !== undefined; ) {
      yield item;
    }
  }
}

// A thousand sensors report once a second.
const readings = new Queue<Reading>(1000);
setInterval(() => {
  let sum = 0;
  for (const { celsius } of readings.drain()) sum += celsius;
  console.log(sum.toFixed(2));
}, 1000);`.split('\n');

const typed = '  const mean = sum / Math.max(1, readings.size);';
const typedAt = 36;

const files = ['src', '  queue.ts', '  reading.ts', '  sensor.ts', '  server.ts', 'test', '  queue.test.ts', 'package.json', 'README.md'];
const words = /(\/\/.*|\/\*\*.*)|(`.*?`|'.*?')|\b(export|class|readonly|constructor|if|throw|new|this|get|return|for|let|const|of|yield|undefined)\b|\b(\d+)\b/g;
const colours = ['#6a9955', '#ce9178', '#569cd6', '#b5cea8'];

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function coloured(line: string): string {
  let out = '';
  let end = 0;
  for (const match of line.matchAll(words)) {
    const colour = colours[[1, 2, 3, 4].findIndex((group) => match[group] !== undefined)]!;
    out += escaped(line.slice(end, match.index));
    out += `<tspan fill="${colour}">${escaped(match[0])}</tspan>`;
    end = match.index + match[0].length;
  }
  return out + escaped(line.slice(end));
}

const text = (x: number, y: number, size: number, fill: string, body: string, mono = true) =>
  `<text x="${x}" y="${y}" xml:space="preserve" font-family="DejaVu Sans${mono ? ' Mono' : ''}" ` +
  `font-size="${size}" fill="${fill}">${body}</text>`;

/**
 * How far the page has scrolled and how much is typed at frame `n`: it scrolls down, rests, and
 * then typing begins.
 */
function stateAt(n: number): { top: number; typed: number } {
  const scrolled = Math.min(1, Math.max(0, (n - 6) / 18));
  const top = Math.round(24 * 17 * scrolled * scrolled * (3 - 2 * scrolled));
  return { top, typed: Math.min(typed.length, Math.max(0, Math.floor((n - 30) * 2))) };
}

/**
 * A code editor, 640x360: scrolling, then typing, with the pointer moving. `n` counts frames, 15
 * per second.
 */
export async function screen(n: number): Promise<Picture> {
  const state = stateAt(n);
  const lines = [...code];
  if (state.typed > 0) lines.splice(typedAt, 0, typed.slice(0, state.typed));
  const page = lines.map((line, i) => {
    const y = 62 + i * 17 - state.top;
    if (y < 40 || y > 372) return '';
    const number = text(150, y, 11, '#858585', String(i + 1).padStart(3));
    return number + text(182, y, 12, '#d4d4d4', coloured(line));
  });
  const caretLine = 62 + typedAt * 17 - state.top;
  const caret =
    state.typed > 0 && n % 10 < 6
      ? `<rect x="${182 + state.typed * 7.224}" y="${caretLine - 12}" width="1.5" height="15" fill="#fff"/>`
      : '';
  const tree = files.map((name, i) =>
    text(14, 60 + i * 18, 11, i === 1 ? '#fff' : '#bbb', name, false),
  );
  const [px, py] = [560 - 5 * Math.min(n, 28), 120 + 4 * Math.min(n, 24)];
  const pointer = `<path d="M${px} ${py}v15l3.6-3.4 2.3 5.4 2.6-1.1-2.3-5.3h5z" fill="#111" stroke="#fff"/>`;
  const status = `Ln ${typedAt + 1}, Col ${state.typed + 1}     Spaces: 2     UTF-8     TypeScript`;
  const body = `<rect width="640" height="360" fill="#1e1e1e"/>
    ${state.typed > 0 ? `<rect x="140" y="${caretLine - 13}" width="500" height="17" fill="#2a2d2e"/>` : ''}
    ${page.join('')}${caret}
    <rect width="640" height="40" fill="#3c3c3c"/><rect x="140" y="20" width="96" height="20" fill="#1e1e1e"/>
    <circle cx="14" cy="10" r="5" fill="#ff5f56"/><circle cx="30" cy="10" r="5" fill="#ffbd2e"/>
    <circle cx="46" cy="10" r="5" fill="#27c93f"/>
    ${text(260, 14, 11, '#ccc', 'queue.ts — sensors', false)}
    ${text(152, 34, 11, '#fff', 'queue.ts', false)}${text(252, 34, 11, '#999', 'server.ts', false)}
    <rect y="40" width="140" height="320" fill="#252526"/><rect y="66" width="140" height="18" fill="#37373d"/>
    ${tree.join('')}
    <rect y="342" width="640" height="18" fill="#007acc"/>${text(360, 355, 10, '#fff', status, false)}
    ${text(10, 355, 10, '#fff', '⎇ main   0 errors', false)}${pointer}`;
  return drawSvg(body, 640, 360);
}
