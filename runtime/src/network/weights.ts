import type { Shape } from '../graph.ts'
import { ModelError } from '../model-error.ts'
import { isSameShape } from '../shape.ts'

/** The tensors of a trained network, in TensorFlow's layout. */
export interface Weights {
  /** The values of a tensor, row-major. @throws ModelError if there is no such tensor of this shape */
  read(name: string, shape: Shape): Float32Array
}

/** A tensor in memory. */
export interface FloatTensor {
  name: string
  shape: Shape
  data: Float32Array
}

export function weightsOf(tensors: readonly FloatTensor[]): Weights {
  const byName = new Map(tensors.map(tensor => [tensor.name, tensor]))
  return {
    read(name, shape) {
      const tensor = byName.get(name)
      checkShape(tensor, name, shape)
      return tensor.data
    },
  }
}

/** @throws ModelError */
export function checkShape<Tensor extends { shape: Shape }>(
  tensor: Tensor | undefined,
  name: string,
  shape: Shape,
): asserts tensor is Tensor {
  if (!tensor) throw new ModelError(`the model has no tensor "${name}", which its network needs`)
  if (!isSameShape(tensor.shape, shape))
    throw new ModelError(`tensor "${name}" is [${tensor.shape}], but its network needs [${shape}]`)
}
