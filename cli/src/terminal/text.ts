import { stripVTControlCharacters } from 'node:util'

/** The number of columns of a text, without its colours. */
export function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text
}

/** Cuts a text without colours to a width, with an ellipsis. */
export function cut(text: string, width: number): string {
  const characters = [...text]
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`
}

/** A text of another user or program in one line, without control sequences. */
export function harmless(text: string): string {
  return visible(stripVTControlCharacters(text).replace(/\p{Cc}+/gu, ' '))
}

/** The sequences of `Colors`; control characters other than line breaks and tabs; characters that change the direction of the text. */
const CONTROLS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  /(\x1b\[(?:1|2|22|31|32|33|36|39)m)|(?![\n\t])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** The text with its control characters as `\u001b`, which is the same string in JSON. Colours and line breaks stay. */
export function visible(text: string): string {
  return text.replace(
    CONTROLS,
    (found, color?: string) => color ?? `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Breaks a text into lines of at most `width` columns, at spaces. */
export function wrap(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text]
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
