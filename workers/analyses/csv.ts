type Field = string | number | null | undefined

/** CSV (RFC 4180) with a header row; a value that is undefined is an empty field. */
export function toCsv(header: readonly string[], rows: Iterable<readonly Field[]>): string {
  const lines = [header, ...rows].map(row => row.map(quoted).join(','))
  return [...lines, ''].join('\r\n')
}

function quoted(field: Field): string {
  const text = String(field ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
