import type { NamedTensor } from '#formats/named-tensor.ts'
import { randomStream } from '#network/random.ts'
import { elementCount } from '#network/shape.ts'

type Float32Tensor = NamedTensor & { dtype: 'F32' }

/** A tensor in which each element is non-zero with probability `density`. */
export function tensorWithNonzeros(name: string, shape: readonly number[], density: number): Float32Tensor {
  const random = randomStream(1, name, density)
  const data = new Float32Array(elementCount(shape)).map(() =>
    random.next() < density ? random.normal() : 0,
  )
  return { name, shape, dtype: 'F32', data }
}

/** A vector of zeros, but for the given elements. */
export function vector(
  name: string,
  size: number,
  elements: Readonly<Record<number, number>>,
): Float32Tensor {
  const data = new Float32Array(size)
  for (const [index, value] of Object.entries(elements)) data[Number(index)] = value
  return { name, shape: [size], dtype: 'F32', data }
}
