/** Bytes `start` to `end`, both included, as in RFC 9110, section 14.1.2. */
export interface ByteRange {
  start: number
  end: number
}

/**
 * The range that a `Range` header requests (RFC 9110, section 14.2). `whole` if the header is absent, is malformed, has another unit or
 * requests several ranges: a server may ignore such headers. `unsatisfiable` becomes a 416.
 */
export function parseByteRange(
  header: string | undefined,
  sizeBytes: number,
): ByteRange | 'whole' | 'unsatisfiable' {
  const match = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/i.exec(header?.trim() ?? '')
  if (!match) return 'whole'
  const [, first, last, suffix] = match
  if (suffix !== undefined) {
    const length = Math.min(Number(suffix), sizeBytes)
    return length === 0 ? 'unsatisfiable' : { start: sizeBytes - length, end: sizeBytes - 1 }
  }
  const start = Number(first)
  if (last && Number(last) < start) return 'whole'
  if (start >= sizeBytes) return 'unsatisfiable'
  return { start, end: last ? Math.min(Number(last), sizeBytes - 1) : sizeBytes - 1 }
}

/** Whether an `If-Match` or `If-None-Match` list has the entity tag; `weak` comparison ignores `W/` (RFC 9110, section 8.8.3.2). */
export function listsEntityTag(header: string, tag: string, comparison: 'strong' | 'weak'): boolean {
  if (header.trim() === '*') return true
  const named = header.split(',').map(entry => entry.trim())
  return named.some(entry => entry === tag || (comparison === 'weak' && entry === `W/${tag}`))
}
