const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** A count with separators: 266,610. */
export function formatCount(count: number): string {
  return whole.format(count)
}

/** A measurement with `digits` significant digits, in powers of ten where that is shorter: 0.0312, 1.2e-7. */
export function formatNumber(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential(digits - 2)
  if (size >= 10 ** (digits - 1)) return whole.format(value)
  return Number(value.toPrecision(digits)).toString()
}

/** A share from 0 to 1 in percent: 95.12 %. It is not rounded up to 100 % or down to 0 %. */
export function formatPercent(share: number | null | undefined, digits = 2): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return '–'
  const step = 10 ** -digits
  const percent = share * 100
  const inside = share > 0 && share < 1 ? Math.min(100 - step, Math.max(step, percent)) : percent
  return `${inside.toFixed(digits)} %`
}

/** A share in percent without digits that say nothing, for the ticks of axes: 95 %, 99.5 %. */
export function formatShare(share: number): string {
  return `${Number((100 * share).toPrecision(6))} %`
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** Decimal units with three significant digits: 1.07 MB. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined || !Number.isFinite(bytes)) return '–'
  if (bytes < 1000) return `${bytes} B`
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)} ${UNITS[unit]}`
}

/** A time with three significant digits, in microseconds below a tenth of a millisecond: 31.2 µs, 4.05 ms. */
export function formatMilliseconds(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '–'
  const [value, unit] = milliseconds < 0.1 ? [1000 * milliseconds, 'µs'] : [milliseconds, 'ms']
  return `${formatNumber(value, 3)} ${unit}`
}

/** A ratio such as 21.4×. */
export function formatRatio(ratio: number): string {
  return `${ratio < 100 ? ratio.toFixed(1) : whole.format(ratio)}×`
}
