import { widthOf } from './text.ts'

export interface Part {
  text: string
  /** Parts of a higher number are left out first if the line is too wide. Default 0: never. */
  optional?: number
}

/** The parts beside each other, without those for which `columns` characters are too few. */
export function fitLine(parts: readonly Part[], columns = Number.POSITIVE_INFINITY): string {
  const line = parts.map(({ text }) => text).join('  ')
  const least = Math.max(...parts.map(({ optional = 0 }) => optional))
  if (widthOf(line) <= columns || least === 0) return line
  return fitLine(
    parts.filter(({ optional = 0 }) => optional !== least),
    columns,
  )
}
