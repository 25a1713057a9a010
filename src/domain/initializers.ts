import type { Initializer, Topology } from './model-spec.ts'
import { type Random, randomStream } from './random.ts'
import { type Variable, variablesOf } from './variables.ts'

/**
 * The weights a job starts from, by variable name, float32 in row-major order. A function of topology and seed alone.
 */
export function initialWeights(topology: Topology, seed: number): Map<string, Float32Array> {
  return new Map(variablesOf(topology).map(variable => [variable.name, initialValues(variable, seed)]))
}

/** The share of a variable's initial values that lie within [-limit, limit], by their distribution. */
export function shareWithin({ initializer, ...variable }: Variable, limit: number): number {
  if (initializer === 'zeros') return 1
  if (initializer === 'ones') return limit >= 1 ? 1 : 0
  const { distribution, deviation } = RANDOM[initializer]
  const scaled = limit / deviation(variable)
  switch (distribution) {
    case 'uniform':
      return Math.min(1, scaled / Math.sqrt(3))
    case 'normal':
      return errorFunction(scaled / Math.SQRT2)
    case 'truncatedNormal': {
      const within = errorFunction((scaled * TRUNCATED_DEVIATION) / Math.SQRT2)
      return Math.min(1, within / errorFunction(TRUNCATION / Math.SQRT2))
    }
  }
}

type Fans = Pick<Variable, 'fanIn' | 'fanOut'>
type RandomInitializer = Exclude<Initializer, 'zeros' | 'ones'>

const mean = ({ fanIn, fanOut }: Fans) => (fanIn + fanOut) / 2

/** Each by its distribution, whose mean is 0, and its standard deviation. */
const RANDOM: Readonly<
  Record<
    RandomInitializer,
    { distribution: 'uniform' | 'normal' | 'truncatedNormal'; deviation: (fans: Fans) => number }
  >
> = {
  fanInUniform: { distribution: 'uniform', deviation: ({ fanIn }) => Math.sqrt(1 / (3 * fanIn)) },
  heNormalFanOut: { distribution: 'normal', deviation: ({ fanOut }) => Math.sqrt(2 / fanOut) },
  glorotUniform: { distribution: 'uniform', deviation: fans => Math.sqrt(1 / mean(fans)) },
  glorotNormal: { distribution: 'truncatedNormal', deviation: fans => Math.sqrt(1 / mean(fans)) },
  heUniform: { distribution: 'uniform', deviation: ({ fanIn }) => Math.sqrt(2 / fanIn) },
  heNormal: { distribution: 'truncatedNormal', deviation: ({ fanIn }) => Math.sqrt(2 / fanIn) },
  lecunUniform: { distribution: 'uniform', deviation: ({ fanIn }) => Math.sqrt(1 / fanIn) },
  lecunNormal: { distribution: 'truncatedNormal', deviation: ({ fanIn }) => Math.sqrt(1 / fanIn) },
}

/** Keras draws again what lies beyond so many standard deviations, */
const TRUNCATION = 2
/** and widens the distribution by what that takes from its deviation. */
const TRUNCATED_DEVIATION = 0.87962566103423978

function initialValues(variable: Variable, seed: number): Float32Array {
  const values = new Float32Array(variable.size)
  const { initializer, name } = variable
  if (initializer === 'zeros') return values
  if (initializer === 'ones') return values.fill(1)
  const { distribution, deviation } = RANDOM[initializer]
  const random = randomStream(seed, 'init', name)
  const draw = {
    uniform: () => Math.sqrt(3) * (2 * random.next() - 1),
    normal: random.normal,
    truncatedNormal: () => truncatedNormal(random) / TRUNCATED_DEVIATION,
  }[distribution]
  const scale = deviation(variable)
  for (let i = 0; i < values.length; i++) values[i] = scale * draw()
  return values
}

function truncatedNormal(random: Random): number {
  for (;;) {
    const value = random.normal()
    if (Math.abs(value) <= TRUNCATION) return value
  }
}

/** For x >= 0, to 1.5e-7 (Abramowitz and Stegun 1964, 7.1.26). */
function errorFunction(x: number): number {
  const t = 1 / (1 + 0.3275911 * x)
  const polynomial =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
  return 1 - polynomial * Math.exp(-x * x)
}
