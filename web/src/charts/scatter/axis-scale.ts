/** Maps values to positions from 0 to 1, and names the values of its ticks. */
export interface AxisScale {
  position(value: number): number
  ticks: number[]
}

/** `nines`: shares up to 1 by the logarithm of what is left, so that 90, 99 and 99.9 % are equally far apart. */
export type ScaleKind = 'linear' | 'log' | 'nines'

/** At most this many intervals between ticks. */
const INTERVALS = 6

/** A scale over the values with some room at both ends. A logarithmic one needs positive values. */
export function axisScale(
  values: readonly number[],
  kind: ScaleKind = 'linear',
  isShare: boolean = false,
): AxisScale {
  if (kind === 'nines') return ninesScale(values)
  const [from, to] = isShare ? withinShares(values, boundsOf(values, kind)) : boundsOf(values, kind)
  const position = (value: number) =>
    kind === 'log' ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from)
  return { position, ticks: kind === 'log' ? logTicks(from, to) : linearTicks(from, to) }
}

const NINES = [0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9999, 0.99999]

/** A share of 1 has no logarithm of the rest; it is drawn at the place of this share. */
const HIGHEST = 0.999_999

function ninesScale(values: readonly number[]): AxisScale {
  const depth = (share: number) => -Math.log(1 - Math.min(share, HIGHEST))
  const [from, to] = ninesBounds(values.map(depth))
  const position = (share: number) => (depth(share) - from) / (to - from)
  const ticks = NINES.filter(tick => position(tick) >= 0 && position(tick) <= 1)
  const shareAt = (bound: number) => Math.min(1 - Math.exp(-bound), HIGHEST)
  return { position, ticks: ticks.length > 1 ? ticks : linearTicks(shareAt(from), shareAt(to)) }
}

/** Equal shares are between half of what they leave and its double. */
function ninesBounds(depths: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...depths), Math.max(...depths)]
  const [from, to] = low === high ? [low - Math.LN2, high + Math.LN2] : boundsOf(depths, 'linear')
  return [Math.max(from, 0), to]
}

/** The room beside the values ends where shares do. */
function withinShares(values: readonly number[], [from, to]: [number, number]): [number, number] {
  return [
    values.some(value => value < 0) ? from : Math.max(from, 0),
    values.some(value => value > 1) ? to : Math.min(to, 1),
  ]
}

function boundsOf(values: readonly number[], kind: ScaleKind): [number, number] {
  const usable = kind === 'log' ? values.filter(value => value > 0) : values
  if (usable.length === 0) return kind === 'log' ? [1, 10] : [0, 1]
  const [low, high] = [Math.min(...usable), Math.max(...usable)]
  if (kind === 'log') return low === high ? [low / 2, high * 2] : widenedLog(low, high)
  const room = low === high ? Math.abs(low) / 10 || 0.5 : (high - low) * 0.05
  return [low - room, high + room]
}

function widenedLog(low: number, high: number): [number, number] {
  const room = (high / low) ** 0.05
  return [low / room, high * room]
}

/** Multiples of 1, 2 or 5 times a power of ten. */
function linearTicks(from: number, to: number): number[] {
  const raw = (to - from) / INTERVALS
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 5, 10].map(factor => factor * power).find(candidate => candidate >= raw)!
  const first = Math.ceil(from / step)
  const count = Math.floor(to / step) - first + 1
  return Array.from({ length: Math.max(count, 0) }, (_, index) => round((first + index) * step))
}

/** Powers of ten, with their multiples by 2 and 5 where there is room. */
function logTicks(from: number, to: number): number[] {
  const decades = Math.log10(to / from)
  const factors = decades > INTERVALS ? [1] : decades > 2 ? [1, 3] : [1, 2, 5]
  const ticks: number[] = []
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power++)
    for (const factor of factors) ticks.push(round(factor * 10 ** power))
  return ticks.filter(tick => tick >= from && tick <= to)
}

function round(value: number): number {
  return Number(value.toPrecision(12))
}
