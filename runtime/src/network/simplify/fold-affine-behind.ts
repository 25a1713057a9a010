import type { GraphNode } from '../../graph.ts'
import { affineAt, periodOf } from './affine.ts'

/** The weighted node with the affine node behind it in its weights; undefined if it cannot take them. */
export function foldAffineBehind(weighted: GraphNode, affine: GraphNode): GraphNode | undefined {
  if (affine.op !== 'affine' || !('kernel' in weighted) || weighted.op === 'recurrence') return undefined
  const { kernel, bias, shape } = weighted
  const outputs = shape.at(-1)!
  if (weighted.activation.name !== 'linear' || outputs % periodOf(affine) !== 0) return undefined
  // Output channels are the last axis of a kernel, but the last but one of a transposed convolution.
  const isTransposed = weighted.op === 'transposedConvolution'
  const inner = isTransposed ? kernel.length / (weighted.size[0] * weighted.size[1] * outputs) : 1
  return {
    ...weighted,
    kernel: kernel.map((weight, i) => weight * affineAt(affine, Math.floor(i / inner) % outputs).scale),
    bias: new Float32Array(outputs).map((_, channel) => {
      const { shift, scale, offset } = affineAt(affine, channel)
      return ((bias?.[channel] ?? 0) - shift) * scale + offset
    }),
    activation: affine.activation,
  }
}
