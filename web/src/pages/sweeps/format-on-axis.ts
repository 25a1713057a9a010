import type { Axis, AxisValue } from '../../charts/parallel/parallel-axis.ts'
import { shortValue } from '../../form/words.ts'
import { formatBytes, formatNumber } from '../../format/numbers.ts'

const SHARES = /(accuracy|sparsity)$/i

/** A value beside an axis, in as few characters as possible. */
export function formatOnAxis({ name }: Pick<Axis, 'name'>, value: AxisValue): string {
  if (typeof value === 'string') return shortWord(value)
  if (SHARES.test(name)) return `${Number((100 * value).toPrecision(3))} %`
  return name === 'sparseBytes' ? formatBytes(value) : formatNumber(value, 3)
}

/** The values of an object that is written as JSON, such as an optimizer: `grda 0.3 0.002 0.6`. */
function shortWord(word: string): string {
  if (!word.startsWith('{')) return word
  const values = Object.values(JSON.parse(word) as object)
  return shortValue(values.map(value => shortValue(value)).join(' '))
}
