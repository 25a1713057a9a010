import uPlot from 'uplot'
import type { Range } from './ranges.ts'
import type { YScale } from './y-scale.ts'

/** Room above and below the curves, as a share of their height. */
const ROOM = 0.1

/** The interval of a y axis for values from `low` to `high`. @param isShare whether the values are shares, which end at 0 and 1 */
export function yRange(low: number | null, high: number | null, scale: YScale, isShare: boolean): Range {
  if (low === null || high === null) return [0, 1]
  const [from, to] = rangeOf(low, high, scale, isShare)
  return isShare ? [low < 0 ? from : Math.max(0, from), high > 1 ? to : Math.min(1, to)] : [from, to]
}

function rangeOf(low: number, high: number, scale: YScale, isShare: boolean): Range {
  if (low === high && scale !== 'log') return aroundOne(low, isShare)
  if (scale === 'linear') return uPlot.rangeNum(low, high, ROOM, true) as Range
  return (scale === 'log' ? uPlot.rangeLog : uPlot.rangeAsinh)(low, high, 10, false) as Range
}

/** A line of one value is in the middle, except that zero is at the bottom. */
function aroundOne(value: number, isShare: boolean): Range {
  if (value === 0 || isShare) return [0, 1]
  return value > 0 ? [0, 2 * value] : [2 * value, 0]
}

/** Steps between the figures of a y axis. Those of uPlot end at 1e32, and a training that diverges exceeds them. */
export const Y_STEPS = Array.from({ length: 340 }, (_, index) => index - 32)
  .flatMap(power => (power < 32 ? [1, 2, 2.5, 5] : [1, 2, 5]).map(factor => Number(`${factor}e${power}`)))
  .filter(Number.isFinite)
