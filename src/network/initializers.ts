import type { NamedInitializer } from './initializer-schema.ts'
import { orthogonalMatrix } from './orthogonal.ts'
import { type Random, randomStream } from './random.ts'
import { elementCount } from './shape.ts'
import type { Variable } from './variable.ts'

/**
 * A job's initial weights by variable name, float32 in row-major order. They depend on the variables and the seed only.
 */
export function initialWeights(variables: readonly Variable[], seed: number): Map<string, Float32Array> {
  return new Map(variables.map(variable => [variable.name, initialValues(variable, seed)]))
}

/** The expected share of a variable's initial values within [-limit, limit]. */
export function shareWithin(variable: Variable, limit: number): number {
  if (variable.initializer === 'forgetGateOnes') return limit >= 1 ? 1 : 3 / 4
  const { distribution, mean, deviation } = drawOf(variable)
  if (deviation === 0) return Math.abs(mean) <= limit ? 1 : 0
  const [low, high] = [(-limit - mean) / deviation, (limit - mean) / deviation]
  switch (distribution) {
    case 'uniform':
      return shareBelow(high / Math.sqrt(3)) - shareBelow(low / Math.sqrt(3))
    case 'orthogonal':
    case 'normal':
      return (errorFunction(high / Math.SQRT2) - errorFunction(low / Math.SQRT2)) / 2
    case 'truncatedNormal': {
      const cut = (z: number) => Math.max(-TRUNCATION, Math.min(TRUNCATION, z * TRUNCATED_DEVIATION))
      const within = errorFunction(cut(high) / Math.SQRT2) - errorFunction(cut(low) / Math.SQRT2)
      return within / (2 * errorFunction(TRUNCATION / Math.SQRT2))
    }
  }
}

/** The distribution of the values. With a deviation of 0, all values are the mean. */
interface Draw {
  distribution: 'uniform' | 'normal' | 'truncatedNormal' | 'orthogonal'
  mean: number
  deviation: number
}

type Fans = Pick<Variable, 'fanIn' | 'fanOut'>
type ScaledInitializer = Exclude<NamedInitializer, 'zeros' | 'ones' | 'forgetGateOnes'>

const average = ({ fanIn, fanOut }: Fans) => (fanIn + fanOut) / 2

/** Distributions with mean 0 and their standard deviations. */
const SCALED: Readonly<
  Record<
    ScaledInitializer,
    { distribution: 'uniform' | 'normal' | 'truncatedNormal'; deviation: (fans: Fans) => number }
  >
> = {
  fanInUniform: { distribution: 'uniform', deviation: ({ fanIn }) => Math.sqrt(1 / (3 * fanIn)) },
  heNormalFanOut: { distribution: 'normal', deviation: ({ fanOut }) => Math.sqrt(2 / fanOut) },
  glorotUniform: { distribution: 'uniform', deviation: fans => Math.sqrt(1 / average(fans)) },
  glorotNormal: { distribution: 'truncatedNormal', deviation: fans => Math.sqrt(1 / average(fans)) },
  heUniform: { distribution: 'uniform', deviation: ({ fanIn }) => Math.sqrt(2 / fanIn) },
  heNormal: { distribution: 'truncatedNormal', deviation: ({ fanIn }) => Math.sqrt(2 / fanIn) },
  lecunUniform: { distribution: 'uniform', deviation: ({ fanIn }) => Math.sqrt(1 / fanIn) },
  lecunNormal: { distribution: 'truncatedNormal', deviation: ({ fanIn }) => Math.sqrt(1 / fanIn) },
}

/** In standard deviations. Keras draws values beyond it again */
const TRUNCATION = 2
/** and divides by the standard deviation of the truncated distribution, to restore that of the normal distribution. */
const TRUNCATED_DEVIATION = 0.87962566103423978

function drawOf({ initializer, shape, ...fans }: Variable): Draw {
  if (initializer === 'zeros' || initializer === 'forgetGateOnes')
    return { distribution: 'uniform', mean: 0, deviation: 0 }
  if (initializer === 'ones') return { distribution: 'uniform', mean: 1, deviation: 0 }
  if (typeof initializer === 'string') {
    const { distribution, deviation } = SCALED[initializer]
    return { distribution, mean: 0, deviation: deviation(fans) }
  }
  switch (initializer.name) {
    case 'varianceScaling': {
      const { scale, mode, distribution } = initializer
      const fan = { fanIn: fans.fanIn, fanOut: fans.fanOut, fanAvg: average(fans) }[mode]
      return { distribution, mean: 0, deviation: Math.sqrt(scale / fan) }
    }
    case 'constant':
      return { distribution: 'uniform', mean: initializer.value, deviation: 0 }
    case 'randomUniform': {
      const { minval, maxval } = initializer
      return {
        distribution: 'uniform',
        mean: (minval + maxval) / 2,
        deviation: (maxval - minval) / Math.sqrt(12),
      }
    }
    case 'randomNormal':
      return { distribution: 'normal', mean: initializer.mean, deviation: initializer.stddev }
    case 'truncatedNormal': {
      const { mean, stddev } = initializer
      return { distribution: 'truncatedNormal', mean, deviation: stddev * TRUNCATED_DEVIATION }
    }
    case 'orthogonal': {
      // A coordinate of a random unit vector is normal up to terms of order 1 / length.
      const { gain } = initializer
      return {
        distribution: 'orthogonal',
        mean: 0,
        deviation: gain / Math.sqrt(Math.max(...asMatrix(shape))),
      }
    }
  }
}

/** A tensor as a matrix: its last axis is the columns. */
function asMatrix(shape: readonly number[]): [rows: number, columns: number] {
  return [elementCount(shape.slice(0, -1)), shape.at(-1)!]
}

function initialValues(variable: Variable, seed: number): Float32Array {
  const { distribution, mean, deviation } = drawOf(variable)
  const values = new Float32Array(variable.size)
  if (variable.initializer === 'forgetGateOnes') return values.fill(1, values.length / 4, values.length / 2)
  if (deviation === 0) return values.fill(mean)
  const random = randomStream(seed, 'init', variable.name)
  if (distribution === 'orthogonal') {
    const [rows, columns] = asMatrix(variable.shape)
    const gain = deviation * Math.sqrt(Math.max(rows, columns))
    return Float32Array.from(orthogonalMatrix(rows, columns, random), value => gain * value)
  }
  const draw = {
    uniform: () => Math.sqrt(3) * (2 * random.next() - 1),
    normal: () => random.normal(),
    truncatedNormal: () => truncatedNormal(random) / TRUNCATED_DEVIATION,
  }[distribution]
  for (let i = 0; i < values.length; i++) values[i] = mean + deviation * draw()
  return values
}

/** The share of standard normal values below `value`. */
export function normalShareBelow(value: number): number {
  return (1 + errorFunction(value / Math.SQRT2)) / 2
}

/** The share of uniform values in [-1, 1] below `value`. */
function shareBelow(value: number): number {
  return Math.max(0, Math.min(1, (value + 1) / 2))
}

function truncatedNormal(random: Random): number {
  for (;;) {
    const value = random.normal()
    if (Math.abs(value) <= TRUNCATION) return value
  }
}

/** With an error below 1.5e-7 (Abramowitz and Stegun 1964, 7.1.26). */
function errorFunction(x: number): number {
  if (x < 0) return -errorFunction(-x)
  const t = 1 / (1 + 0.3275911 * x)
  const polynomial =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
  return 1 - polynomial * Math.exp(-x * x)
}
