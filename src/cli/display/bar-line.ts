import stringWidth from 'string-width';

/** Columns that the bar takes. */
const barWidth = 16;
/** A name is not made shorter than this. */
const shortestName = 12;

/** What one line of progress shows. */
export type BarLine = {
  /** 0 to 1; `null` where it is not known. */
  readonly share: number | null;
  readonly name: string;
  /** The most important first; those that do not fit are left out. */
  readonly figures: readonly string[];
};

/** `text` in at most `width` columns; the middle of a longer one is left out. */
export function shortened(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  const letters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  const take = (from: Iterable<string>, most: number): string[] => {
    const taken: string[] = [];
    let used = 0;
    for (const letter of from) {
      used += stringWidth(letter);
      if (used > most) break;
      taken.push(letter);
    }
    return taken;
  };
  const head = take(letters, Math.floor((width - 1) / 2));
  const rest = width - 1 - stringWidth(head.join(''));
  const tail = take([...letters].reverse(), rest).reverse();
  return `${head.join('')}…${tail.join('')}`;
}

/** One line of progress, of at most `width` columns. */
export function barLine({ share, name, figures }: BarLine, width: number): string {
  const filled = share === null ? 0 : Math.round(Math.min(1, Math.max(0, share)) * barWidth);
  const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
  const percent = share === null ? '' : `${Math.floor(Math.min(1, share) * 100)}%`;
  const head = `${bar} ${percent.padStart(4)}  `;
  const room = width - stringWidth(head);
  const leastName = Math.min(stringWidth(name), shortestName);
  let shown = [...figures];
  const text = (): string => (shown.length === 0 ? '' : `  ${shown.join(', ')}`);
  while (shown.length > 0 && leastName + stringWidth(text()) > room) shown = shown.slice(0, -1);
  const nameRoom = Math.max(1, room - stringWidth(text()));
  return shortened(`${head}${shortened(name, nameRoom)}${text()}`, width);
}
