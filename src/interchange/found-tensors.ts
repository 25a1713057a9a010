import { FormatError } from '#formats/format-error.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { elementCount } from '#network/shape.ts'
import type { Topology } from '#network/topology.ts'
import { statisticsOf, variablesOf } from '#network/variables.ts'

/** A tensor of somebody else's file that turned out to be one of a model's: float32, in the model's layout. */
export interface FoundTensor {
  shape: readonly number[]
  data: Float32Array
  /** What the file calls it, for errors. */
  source: string
}

/** What a file has for a model. */
export interface FoundTensors {
  /** By the model's own names. */
  tensors: ReadonlyMap<string, FoundTensor>
  /** What the file calls all its tensors of floats; integers count batches, or are seeds. */
  names: readonly string[]
}

export interface ModelWeights {
  params: FloatTensor[]
  statistics: FloatTensor[]
}

/**
 * A model's parameters and statistics, in its order, of what was found under its own names.
 * @throws FormatError that names what is missing, of another shape, or no number
 */
export function weightsFrom(topology: Topology, found: ReadonlyMap<string, FoundTensor>): ModelWeights {
  const pick = (variables: readonly { name: string; shape: readonly number[] }[]) =>
    variables.map(({ name, shape }): FloatTensor => {
      const tensor = found.get(name)
      if (!tensor) throw new FormatError(`there is no ${name} [${shape}]; there is: ${listed(found)}`)
      // A dimension of 1 more or less changes nothing.
      if (withoutOnes(tensor.shape) !== withoutOnes(shape) || tensor.data.length !== elementCount(shape))
        throw new FormatError(`${tensor.source} has shape [${tensor.shape}], but ${name} needs [${shape}]`)
      if (!tensor.data.every(Number.isFinite))
        throw new FormatError(`${tensor.source} holds numbers that are not finite`)
      return { name, shape, dtype: 'F32', data: tensor.data }
    })
  return { params: pick(variablesOf(topology)), statistics: pick(statisticsOf(topology)) }
}

function withoutOnes(shape: readonly number[]): string {
  return shape.filter(length => length !== 1).join()
}

function listed(found: ReadonlyMap<string, FoundTensor>): string {
  const names = [...found.values()].map(({ source, shape }) => `${source} [${shape}]`)
  if (names.length === 0) return 'nothing'
  return names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ')
}
