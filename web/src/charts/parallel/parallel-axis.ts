export type AxisValue = number | string

export interface Axis {
  name: string
  /** `log` for positive numbers over more than a factor of 20, `words` for anything that is not a number. */
  scale: 'linear' | 'log' | 'words'
  /** Bounds of a scale of numbers. */
  from: number
  to: number
  /** The values of a scale of words, lowest first. */
  words: string[]
}

/** One line of the chart: the value on each axis, undefined where it has none. */
export interface Line {
  id: string
  values: (AxisValue | undefined)[]
  /** Lines that stand out, such as those of a Pareto front. */
  isMarked: boolean
}

/** A selected part of an axis: positions from 0 (bottom) to 1 (top). */
export interface Brush {
  from: number
  to: number
}

const LOG_FROM = 20

/** The axis that contains all values. */
export function axisOf(name: string, values: readonly (AxisValue | undefined)[]): Axis {
  const present = values.filter(value => value !== undefined)
  const numbers = present.filter(value => typeof value === 'number')
  if (numbers.length < present.length || numbers.length === 0)
    return { name, scale: 'words', from: 0, to: 0, words: [...new Set(present.map(String))] }
  const from = Math.min(...numbers)
  const to = Math.max(...numbers)
  return { name, scale: from > 0 && to / from > LOG_FROM ? 'log' : 'linear', from, to, words: [] }
}

/** The height of a value on its axis, from 0 (bottom) to 1 (top). An axis with one value has it in the middle. */
export function positionOf({ scale, from, to, words }: Axis, value: AxisValue): number {
  if (scale === 'words') return words.length < 2 ? 0.5 : words.indexOf(String(value)) / (words.length - 1)
  if (from === to) return 0.5
  const number = Number(value)
  return scale === 'log' ? Math.log(number / from) / Math.log(to / from) : (number - from) / (to - from)
}

/** The value at a height of an axis of numbers; the closest word of an axis of words. */
export function valueAtPosition({ scale, from, to, words }: Axis, position: number): AxisValue {
  if (scale === 'words') return words[Math.round(position * (words.length - 1))] ?? ''
  return scale === 'log' ? from * (to / from) ** position : from + position * (to - from)
}

/** Whether the line passes through every brush; a line without a value passes through none. */
export function isSelected(
  { values }: Line,
  axes: readonly Axis[],
  brushes: ReadonlyMap<string, Brush>,
): boolean {
  return axes.every((axis, index) => {
    const brush = brushes.get(axis.name)
    if (!brush) return true
    const value = values[index]
    if (value === undefined) return false
    const position = positionOf(axis, value)
    return position >= brush.from && position <= brush.to
  })
}
