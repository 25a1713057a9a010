/** Control and formatting characters, such as those that turn the direction of a text, and lone surrogates. */
const UNSHOWN = /[\p{C}\p{Zl}\p{Zp}]/gu

/**
 * The beginning of a text of a client, for a record that a person reads. Characters that would change how the record is shown are replaced
 * by U+FFFD.
 * @param mostBytes of its UTF-8 in JSON, without the quotes
 */
export function shortText(text: string, mostBytes: number): string {
  let shown = ''
  let bytes = 0
  for (const character of text.slice(0, mostBytes).replace(UNSHOWN, '\u{fffd}')) {
    bytes += Buffer.byteLength(JSON.stringify(character)) - 2
    if (bytes > mostBytes) break
    shown += character
  }
  return shown
}
