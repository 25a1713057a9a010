import type { GraphNode } from '../../graph.ts'
import { countReaders, producerOf } from './producer.ts'

/** One node in place of a node and the one behind it; undefined if the two cannot be one. */
export type Merge = (node: GraphNode, behind: GraphNode) => GraphNode | undefined

/** Merges nodes into the ones that compute their inputs, also through reshapings, where nothing else reads these. */
export function mergeNodes(nodes: readonly GraphNode[], merge: Merge): GraphNode[] {
  const readersBefore = countReaders(nodes)
  const merged: GraphNode[] = []
  const readers: number[] = []
  /** By the former index of a node. */
  const places: number[] = []
  for (const [index, former] of nodes.entries()) {
    const node = { ...former, inputs: former.inputs.map(input => places[input]!) }
    const producer = producerOf(node.inputs, merged, readers)
    const one = producer === undefined ? undefined : merge(merged[producer]!, node)
    if (one) merged[producer!] = one
    const place = one ? node.inputs[0]! : merged.push(node) - 1
    readers[place] = readersBefore[index]!
    places.push(place)
  }
  return merged
}
