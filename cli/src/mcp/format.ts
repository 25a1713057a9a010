/** 0.9512 as "95.12 %". */
export function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`
}

/** 1234567 as "1,234,567". */
export function count(value: number): string {
  return value.toLocaleString('en')
}

export function bytes(value: number): string {
  return `${count(value)} bytes`
}

/** Seconds as "45 s", "3 min" or "1.5 h". */
export function duration(seconds: number): string {
  if (seconds < 100) return `${Math.round(seconds)} s`
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`
  return `${Number((seconds / 3600).toPrecision(2))} h`
}

/** Six significant digits, which no reader of a result distinguishes. */
export function rounded(value: number): number
export function rounded(value: number | undefined): number | undefined
export function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value.toPrecision(6))
}

/** The object without its undefined fields. */
export function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T
}

/** At most `most` items, evenly spread, the first and the last one among them. */
export function thinned<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items]
  return Array.from({ length: most }, (_, index) => items[Math.round((index * (items.length - 1)) / (most - 1))]!)
}
