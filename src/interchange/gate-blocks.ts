import type { FloatTensor } from '#formats/named-tensor.ts'
import { permuteAxes } from './permute-axes.ts'

/**
 * A recurrent layer's kernel [in, gates units] transposed to [gates units, in], or its bias [gates units], with one block per gate in the
 * given order.
 */
export function gateBlocks(tensor: FloatTensor, order: readonly number[]): FloatTensor {
  const turned = tensor.shape.length === 2 ? permuteAxes(tensor, [1, 0]) : tensor
  const size = turned.data.length / order.length
  const data = new Float32Array(turned.data.length)
  for (const [place, gate] of order.entries())
    data.set(turned.data.subarray(gate * size, (gate + 1) * size), place * size)
  return { ...turned, data }
}

/** The biases of the input and of the previous output: a GRU's two rows; in other layers the bias and zeros. */
export function biasPair(bias: FloatTensor): [FloatTensor, FloatTensor] {
  const shape = bias.shape.slice(-1)
  const [size] = shape as [number]
  const second = bias.shape.length === 2 ? bias.data.slice(size) : new Float32Array(size)
  return [
    { ...bias, shape, data: bias.data.slice(0, size) },
    { ...bias, shape, data: second },
  ]
}
