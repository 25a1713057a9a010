import { FormatError } from '#formats/format-error.ts'

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** A label as a string. @throws FormatError for a missing label, or one that is not a number, a string or a boolean */
export function labelText(value: unknown, where: () => string): string {
  if (value === null || value === undefined) throw new FormatError(`${where()}: the label is missing`)
  if (value instanceof Uint8Array) return decode(value, where)
  if (typeof value === 'string' && value.includes('\uFFFD'))
    throw new FormatError(`${where()}: the label is not UTF-8`)
  if (['string', 'number', 'bigint', 'boolean'].includes(typeof value)) return String(value)
  throw new FormatError(`${where()}: a label has to be a number, a string or a boolean`)
}

function decode(bytes: Uint8Array, where: () => string): string {
  try {
    return UTF8.decode(bytes)
  } catch {
    throw new FormatError(`${where()}: the label is not UTF-8`)
  }
}
