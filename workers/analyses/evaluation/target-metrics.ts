import type { TargetMetrics } from '#analyses/evaluation-result.ts'

/** Numbers [examples, width], row-major. */
export interface Estimates {
  targets: Float32Array
  outputs: Float32Array
  width: number
}

/** The errors of each target: mean |y - t|, sqrt(mean (y - t)^2), and R2 = 1 - sum (y - t)^2 / sum (t - mean t)^2. */
export function targetMetrics(
  { targets, outputs, width }: Estimates,
  names: readonly string[] = [],
): TargetMetrics[] {
  const count = targets.length / width
  return Array.from({ length: width }, (_, column) => {
    let [absolute, squared, sum] = [0, 0, 0]
    for (let i = column; i < targets.length; i += width) {
      const error = outputs[i]! - targets[i]!
      absolute += Math.abs(error)
      squared += error * error
      sum += targets[i]!
    }
    let variation = 0
    for (let i = column; i < targets.length; i += width) variation += (targets[i]! - sum / count) ** 2
    return {
      ...(names[column] !== undefined && { name: names[column] }),
      meanAbsoluteError: absolute / count,
      rootMeanSquaredError: Math.sqrt(squared / count),
      r2: variation === 0 ? null : 1 - squared / variation,
    }
  })
}

/** For each target, the mean absolute difference between two models' outputs. */
export function meanDifferences(one: Estimates, other: Estimates): number[] {
  const { outputs, width } = one
  return Array.from({ length: width }, (_, column) => {
    let sum = 0
    for (let i = column; i < outputs.length; i += width) sum += Math.abs(outputs[i]! - other.outputs[i]!)
    return sum / (outputs.length / width)
  })
}
