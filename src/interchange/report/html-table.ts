/** A table that scrolls sideways. @param rows of HTML */
export function htmlTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: 'th' | 'td') =>
    `<tr>${cells.map(cell => `<${tag}>${cell}</${tag}>`).join('')}</tr>`
  const lines = [line(header, 'th'), ...rows.map(row => line(row, 'td'))]
  return `<div class="scroll"><table>\n${lines.join('\n')}\n</table></div>`
}
