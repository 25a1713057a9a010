/** 0.9498 as `94.98 %`. A share that is not 0 or 1 is never shown as one. */
export function percent(share: number, digits = 2): string {
  const step = 10 ** -digits
  const value = 100 * share
  const shown =
    share > 0 && value < step / 2 ? step : share < 1 && value > 100 - step / 2 ? 100 - step : value
  return `${shown.toFixed(digits)} %`
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** Decimal units, three digits: 104508 as `105 kB`. */
export function bytes(size: number): string {
  let value = size
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  return `${value.toFixed(digits)} ${UNITS[unit]}`
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}

/** `1 epoch`, `12 epochs`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** Four digits after the point, or as many as a small number needs. */
export function decimal(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  return value !== 0 && (Math.abs(value) < 0.001 || Math.abs(value) >= 10_000)
    ? value.toExponential(2)
    : value.toFixed(4)
}

/** `1.4 s`, `42 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const total = Math.round(seconds)
  if (total < 60) return `${total} s`
  if (total < 3600) return pair(total, 60, 'min', 1, 's')
  if (total < 86_400) return pair(total, 3600, 'h', 60, 'min')
  return pair(total, 86_400, 'd', 3600, 'h')
}

function pair(total: number, large: number, name: string, small: number, rest: string): string {
  const remainder = Math.floor((total % large) / small)
  return `${Math.floor(total / large)} ${name}${remainder > 0 ? ` ${remainder} ${rest}` : ''}`
}

/** The time since an instant in its largest unit: `5 min ago`. */
export function ago(time: string, now = Date.now()): string {
  const seconds = Math.max(0, (now - Date.parse(time)) / 1000)
  if (seconds < 60) return `${Math.floor(seconds)} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return `${Math.floor(seconds / 86_400)} d ago`
}
