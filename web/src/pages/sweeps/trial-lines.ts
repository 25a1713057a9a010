import type { Trial } from '@thresher/client'
import { type Axis, type AxisValue, axisOf, type Line } from '../../charts/parallel/parallel-axis.ts'
import type { TrialMetric } from './trial-metrics.ts'

/** One axis for each varied field and for each metric that a trial has, and one line for each trial. */
export function trialLines(
  trials: readonly Trial[],
  metrics: readonly TrialMetric[],
  front: readonly number[],
): { axes: Axis[]; lines: Line[] } {
  const fields = [...new Set(trials.flatMap(({ values }) => Object.keys(values)))]
  const columns = [
    ...fields.map(name => ({ name, of: ({ values }: Trial) => plainValue(values[name]) })),
    ...metrics.map(name => ({ name, of: (trial: Trial) => trial.metrics?.[name] })),
  ]
  const used = columns.filter(({ of }) => trials.some(trial => of(trial) !== undefined))
  const axes = used.map(({ name, of }) => axisOf(name, trials.map(of)))
  const lines = trials.map(trial => ({
    id: String(trial.id),
    values: used.map(({ of }) => of(trial)),
    isMarked: front.includes(trial.id),
  }))
  return { axes, lines }
}

/** Numbers and words unchanged; an optimizer or another object as JSON. */
export function plainValue(value: unknown): AxisValue | undefined {
  if (value === undefined) return undefined
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value)
}
