const LEVELS = '▁▂▃▄▅▆▇█'

/** The values as columns of a height between `low` and `high`; of more values than `width`, the last of each equal part. */
export function sparkline(values: readonly number[], width: number, low: number, high: number): string {
  const shown =
    values.length <= width
      ? values
      : Array.from(
          { length: width },
          (_, index) => values[Math.ceil(((index + 1) * values.length) / width) - 1]!,
        )
  return shown.map(value => levelOf((value - low) / (high - low || 1))).join('')
}

function levelOf(share: number): string {
  const index = Math.floor(share * LEVELS.length)
  return LEVELS[Math.min(LEVELS.length - 1, Math.max(0, Number.isFinite(index) ? index : 0))]!
}
