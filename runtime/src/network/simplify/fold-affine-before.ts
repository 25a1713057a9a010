import type { GraphNode } from '../../graph.ts'
import { type Affine, affineAt, periodOf } from './affine.ts'
import { countReaders, producerOf } from './producer.ts'

type Weighted = GraphNode & { op: 'dense' | 'convolution' }

/** A difference of at most this many deviations costs a bias of float32 few bits. */
const MAX_SHIFT = 8
/** Scaled weights stay far from the ends of float32. */
const [MIN_SCALE, MAX_SCALE] = [2 ** -60, 2 ** 60]

/**
 * Folds affine nodes, such as the preprocessing, into the weights of the nodes that read them, where that is exact. What remains of an
 * affine node is a reshaping to the same shape.
 */
export function foldAffineBefore(nodes: readonly GraphNode[]): GraphNode[] {
  const folded = [...nodes]
  const readers = countReaders(nodes)
  for (const [index, node] of nodes.entries()) {
    const producer = producerOf(node.inputs, nodes, readers)
    const affine = producer === undefined ? undefined : folded[producer]!
    if (affine?.op !== 'affine' || !isExact(affine) || !isWeighted(node)) continue
    const channels = nodes[node.inputs[0]!]!.shape.at(-1)!
    if (channels % periodOf(affine) !== 0) continue
    const { name, inputs, shape } = affine
    folded[producer!] = { name, inputs, shape, op: 'reshaping' }
    folded[index] = withAffine(node, affine, channels)
  }
  return folded
}

function isExact(affine: Affine): boolean {
  if (affine.activation.name !== 'linear') return false
  for (let channel = 0; channel < periodOf(affine); channel++) {
    const { shift, scale } = affineAt(affine, channel)
    const [difference, factor] = [Math.abs(shift * scale), Math.abs(scale)]
    if (!(difference <= MAX_SHIFT && factor >= MIN_SCALE && factor <= MAX_SCALE)) return false
  }
  return true
}

/** Margins are zeros of the affine output, which no input of the affine node becomes. */
function isWeighted(node: GraphNode): node is Weighted {
  if (node.op === 'dense') return true
  return node.op === 'convolution' && Object.values(node.margins).every(lines => lines === 0)
}

function withAffine(node: Weighted, affine: Affine, channels: number): Weighted {
  const { kernel, bias, shape } = node
  const outputs = shape.at(-1)!
  const sums = new Float64Array(outputs).map((_, output) => bias?.[output] ?? 0)
  const scaled = kernel.map((weight, i) => {
    const { shift, scale, offset } = affineAt(affine, Math.floor(i / outputs) % channels)
    sums[i % outputs]! += weight * (offset - shift * scale)
    return weight * scale
  })
  return { ...node, kernel: scaled, bias: Float32Array.from(sums) }
}
