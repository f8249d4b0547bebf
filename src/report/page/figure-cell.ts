/** A cell that says its column's name where a narrow screen shows rows as blocks. */
export function figureCell(label: string, text: string): string {
  return `<td class="n" data-label="${label}">${text}</td>`;
}
