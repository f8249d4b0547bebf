import { printable } from '../printable.js';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** `text` as it may stand in HTML or XML, in an element or a quoted attribute. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

/**
 * `text` as a page shows it to a person: as `escapeMarkup` gives it, with those characters written
 * out that would hide or turn round what stands beside them.
 */
export function escapeHtml(text: string): string {
  return escapeMarkup(printable(text));
}

/** `value` as JSON that may stand in a script element; infinity is "inf". */
export function jsonForScript(value: unknown): string {
  const json = JSON.stringify(value, (_key, each: unknown) => (each === Infinity ? 'inf' : each));
  // No text of a clip can close the element or open a comment.
  return json
    .replace(/</g, '\\u003c')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
}
