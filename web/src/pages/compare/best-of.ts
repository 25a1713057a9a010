import { type ComparedMetric, METRICS, type MetricName } from './compared-metrics.ts'

/** The indices of the best values; empty if neither direction is better, or all values are the same. */
export function bestOf(metric: MetricName, values: readonly (number | undefined)[]): ReadonlySet<number> {
  const { better }: ComparedMetric = METRICS[metric]
  const present = values.filter(value => value !== undefined)
  if (!better || new Set(present).size < 2) return new Set()
  const best = better === 'more' ? Math.max(...present) : Math.min(...present)
  return new Set(values.flatMap((value, index) => (value === best ? [index] : [])))
}
