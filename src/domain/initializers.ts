import type { Topology } from './model-spec.ts'
import { randomStream } from './random.ts'
import { type Variable, variablesOf } from './variables.ts'

/**
 * The weights a job starts from, by variable name, float32 in row-major order. A function of topology and seed alone.
 */
export function initialWeights(topology: Topology, seed: number): Map<string, Float32Array> {
  return new Map(variablesOf(topology).map(variable => [variable.name, initialValues(variable, seed)]))
}

/** The share of a variable's initial values that lie within [-limit, limit], by their distribution. */
export function shareWithin({ initializer, ...variable }: Variable, limit: number): number {
  switch (initializer) {
    case 'zeros':
      return 1
    case 'ones':
      return limit >= 1 ? 1 : 0
    case 'heNormalFanOut':
      return errorFunction(limit / (scaleOf[initializer](variable) * Math.SQRT2))
    default:
      return Math.min(1, limit / scaleOf[initializer](variable))
  }
}

/** Half the width of a uniform distribution; the standard deviation of a normal one. */
const scaleOf = {
  heNormalFanOut: ({ fanOut }: Fans) => Math.sqrt(2 / fanOut),
  glorotUniform: ({ fanIn, fanOut }: Fans) => Math.sqrt(6 / (fanIn + fanOut)),
  fanInUniform: ({ fanIn }: Fans) => 1 / Math.sqrt(fanIn),
}
type Fans = Pick<Variable, 'fanIn' | 'fanOut'>

function initialValues(variable: Variable, seed: number): Float32Array {
  const values = new Float32Array(variable.size)
  const { initializer, name } = variable
  if (initializer === 'zeros') return values
  if (initializer === 'ones') return values.fill(1)
  const scale = scaleOf[initializer](variable)
  const random = randomStream(seed, 'init', name)
  const draw = initializer === 'heNormalFanOut' ? random.normal : () => 2 * random.next() - 1
  for (let i = 0; i < values.length; i++) values[i] = scale * draw()
  return values
}

/** For x >= 0, to 1.5e-7 (Abramowitz and Stegun 1964, 7.1.26). */
function errorFunction(x: number): number {
  const t = 1 / (1 + 0.3275911 * x)
  const polynomial =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
  return 1 - polynomial * Math.exp(-x * x)
}
