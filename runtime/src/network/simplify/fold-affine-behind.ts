import type { GraphNode } from '../../graph.ts'
import { affineAt, periodOf } from './affine.ts'

/** The weighted node with the affine node behind it in its weights; undefined if it cannot take them. */
export function foldAffineBehind(weighted: GraphNode, affine: GraphNode): GraphNode | undefined {
  if (affine.op !== 'affine' || !('kernel' in weighted)) return undefined
  const { kernel, bias, shape } = weighted
  const outputs = shape.at(-1)!
  if (weighted.activation.name !== 'linear' || outputs % periodOf(affine) !== 0) return undefined
  return {
    ...weighted,
    kernel: kernel.map((weight, i) => weight * affineAt(affine, i % outputs).scale),
    bias: new Float32Array(outputs).map((_, channel) => {
      const { shift, scale, offset } = affineAt(affine, channel)
      return ((bias?.[channel] ?? 0) - shift) * scale + offset
    }),
    activation: affine.activation,
  }
}
