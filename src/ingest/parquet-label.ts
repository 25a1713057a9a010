import { FormatError } from '#formats/format-error.ts'

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** A label as text. @throws FormatError for a row that has none, or one of no kind that labels have */
export function labelText(value: unknown, where: () => string): string {
  if (value === null || value === undefined) throw new FormatError(`${where()}: the label is missing`)
  if (value instanceof Uint8Array) return decode(value, where)
  if (typeof value === 'string' && value.includes('\uFFFD'))
    throw new FormatError(`${where()}: the label is not UTF-8`)
  if (['string', 'number', 'bigint', 'boolean'].includes(typeof value)) return String(value)
  throw new FormatError(`${where()}: a label is a number, a text or a boolean`)
}

function decode(bytes: Uint8Array, where: () => string): string {
  try {
    return UTF8.decode(bytes)
  } catch {
    throw new FormatError(`${where()}: the label is not UTF-8`)
  }
}
