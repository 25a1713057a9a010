import { visible } from '../terminal/text.ts'

/** Six significant digits: the others cost room in a conversation and mean nothing. */
export function rounded(value: number): number
export function rounded(value: number | undefined): number | undefined
export function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value.toPrecision(6))
}

/** A text that users choose, in quotes: it must not pass for a sentence or a figure of the service. */
export function quoted(text: string): string {
  return visible(JSON.stringify(text))
}

/** The object without its undefined fields. */
export function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T
}

/** At most `most` items (two or more), evenly spread, the first and the last one among them. */
export function thinned<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items]
  const step = (items.length - 1) / (most - 1)
  return Array.from({ length: most }, (_, index) => items[Math.round(index * step)]!)
}
