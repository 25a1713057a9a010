import { FormatError } from '#formats/format-error.ts'
import { itemBytes, type NumberFormat } from './numbers.ts'

const LONGEST_TEXT = 16 * 1024

/** Whether elements are strings: `U3` is three code points of four bytes, `S3` three bytes. */
export function isText({ kind }: NumberFormat): boolean {
  return kind[0] === 'U' || kind[0] === 'S'
}

/** The bytes of an element that is a number or a string. @throws FormatError for any other kind */
export function elementBytes(format: NumberFormat, source: string): number {
  if (!isText(format)) return itemBytes(format, source)
  const size = Number(format.kind.slice(1)) * (format.kind[0] === 'U' ? 4 : 1)
  if (size === 0 || size > LONGEST_TEXT)
    throw new FormatError(
      `${source} holds strings of ${size} bytes each; labels may have 1 to ${LONGEST_TEXT}`,
    )
  return size
}

/** Strings as NumPy stores them, padded with zeros. @throws FormatError for bytes that are not valid text */
export function readTexts(bytes: Uint8Array, { kind, bigEndian }: NumberFormat, source: string): string[] {
  const isUtf32 = kind[0] === 'U'
  const size = Number(kind.slice(1)) * (isUtf32 ? 4 : 1)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const texts: string[] = []
  try {
    for (let start = 0; start < bytes.length; start += size) {
      if (!isUtf32) {
        const end = trimmedEnd(bytes, start, start + size)
        texts.push(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start, end)))
        continue
      }
      const points: number[] = []
      for (let at = start; at < start + size; at += 4) points.push(view.getUint32(at, !bigEndian))
      while (points.at(-1) === 0) points.pop()
      texts.push(String.fromCodePoint(...points))
    }
  } catch {
    throw new FormatError(`${source} has a string that is not valid Unicode`)
  }
  return texts
}

function trimmedEnd(bytes: Uint8Array, start: number, end: number): number {
  let last = end
  while (last > start && bytes[last - 1] === 0) last--
  return last
}
