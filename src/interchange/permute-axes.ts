import type { FloatTensor } from '#formats/named-tensor.ts'

/** The tensor whose axis i is axis `order[i]` of the given one. */
export function permuteAxes(tensor: FloatTensor, order: readonly number[]): FloatTensor {
  const strides = stridesOf(tensor.shape)
  const shape = order.map(axis => tensor.shape[axis]!)
  const data = new Float32Array(tensor.data.length)
  let position = 0
  const visit = (depth: number, offset: number): void => {
    const step = strides[order[depth]!]!
    const isInnermost = depth === order.length - 1
    for (let i = 0, from = offset; i < shape[depth]!; i++, from += step) {
      if (isInnermost) data[position++] = tensor.data[from]!
      else visit(depth + 1, from)
    }
  }
  visit(0, 0)
  return { ...tensor, shape, data }
}

function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1))
}
