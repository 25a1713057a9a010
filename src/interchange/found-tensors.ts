import { FormatError } from '#formats/format-error.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import type { Network } from '#network/network.ts'
import { elementCount } from '#network/shape.ts'

/** A tensor of the model that was read from a foreign file: float32, in the model's layout. */
export interface FoundTensor {
  shape: readonly number[]
  data: Float32Array
  /** Its name in the file, for errors. */
  source: string
}

/** The tensors of a file that belong to a model. */
export interface FoundTensors {
  /** Keys are the names in the model. */
  tensors: ReadonlyMap<string, FoundTensor>
  /** The names in the file of all its float tensors; integer tensors count batches or are seeds. */
  names: readonly string[]
}

export interface ModelWeights {
  params: FloatTensor[]
  statistics: FloatTensor[]
}

/**
 * A model's parameters and statistics, in its order.
 * @throws FormatError that names a tensor which is missing, has another shape, or holds a number that is not finite
 */
export function weightsFrom(
  { variables, statistics }: Network,
  found: ReadonlyMap<string, FoundTensor>,
): ModelWeights {
  const pick = (wanted: readonly { name: string; shape: readonly number[] }[]) =>
    wanted.map(({ name, shape }): FloatTensor => {
      const tensor = found.get(name)
      if (!tensor) throw new FormatError(`there is no ${name} [${shape}]; the tensors are: ${listed(found)}`)
      // Axes of length 1 are ignored.
      if (withoutOnes(tensor.shape) !== withoutOnes(shape) || tensor.data.length !== elementCount(shape))
        throw new FormatError(`${tensor.source} has shape [${tensor.shape}], but ${name} needs [${shape}]`)
      if (!tensor.data.every(Number.isFinite))
        throw new FormatError(`${tensor.source} holds numbers that are not finite`)
      return { name, shape, dtype: 'F32', data: tensor.data }
    })
  return { params: pick(variables), statistics: pick(statistics) }
}

function withoutOnes(shape: readonly number[]): string {
  return shape.filter(length => length !== 1).join()
}

function listed(found: ReadonlyMap<string, FoundTensor>): string {
  const names = [...found.values()].map(({ source, shape }) => `${source} [${shape}]`)
  if (names.length === 0) return 'nothing'
  return names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ')
}
