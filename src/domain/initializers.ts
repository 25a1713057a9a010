import type { Topology } from './model-spec.ts'
import { randomStream } from './random.ts'
import { type Variable, variablesOf } from './shape.ts'

/**
 * The weights a job starts from, by variable name, float32 in row-major order. A function of topology and seed alone:
 * the dry run's forecast and the runner draw the same numbers.
 */
export function initialWeights(topology: Topology, seed: number): Map<string, Float32Array> {
  return new Map(variablesOf(topology).map(variable => [variable.name, initialValues(variable, seed)]))
}

function initialValues(variable: Variable, seed: number): Float32Array {
  const values = new Float32Array(variable.size)
  const limit = uniformLimit(variable)
  if (limit === 0) return values
  const random = randomStream(seed, 'init', variable.name)
  for (let i = 0; i < values.length; i++) values[i] = limit * (2 * random.next() - 1)
  return values
}

/** Half-width of the uniform distribution; 0 for an initializer that draws nothing. */
function uniformLimit({ initializer, fanIn, fanOut }: Variable): number {
  switch (initializer) {
    case 'zeros':
      return 0
    case 'glorotUniform':
      return Math.sqrt(6 / (fanIn + fanOut))
    case 'fanInUniform':
      return 1 / Math.sqrt(fanIn)
  }
}
