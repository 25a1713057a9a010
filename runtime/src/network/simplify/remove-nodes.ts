import type { GraphNode } from '../../graph.ts'
import { isSameShape } from '../../shape.ts'

/**
 * The nodes without those that return their input, those whose output is not needed, and reshapings of what is reshaped again. The input
 * and the output remain the first and the last node.
 */
export function removeNodes(nodes: readonly GraphNode[]): GraphNode[] {
  const direct: GraphNode[] = []
  /** By node, the one whose output is the same. */
  const sources: number[] = []
  for (const [index, node] of nodes.entries()) {
    const inputs = node.inputs.map(input => sources[input]!)
    direct.push({ ...node, inputs: node.op === 'reshaping' ? [unshaped(inputs[0]!, direct)] : inputs })
    sources.push(isIdentity(direct[index]!, direct) ? direct[index]!.inputs[0]! : index)
  }
  return neededNodes(direct, sources.at(-1)!)
}

/** The node before reshapings. */
function unshaped(node: number, nodes: readonly GraphNode[]): number {
  return nodes[node]!.op === 'reshaping' ? nodes[node]!.inputs[0]! : node
}

function isIdentity(node: GraphNode, nodes: readonly GraphNode[]): boolean {
  if (node.op === 'activation') return node.activation.name === 'linear'
  return node.op === 'reshaping' && isSameShape(node.shape, nodes[node.inputs[0]!]!.shape)
}

function neededNodes(nodes: readonly GraphNode[], output: number): GraphNode[] {
  const needed = new Set([0, output])
  for (let index = output; index > 0; index--)
    if (needed.has(index)) for (const input of nodes[index]!.inputs) needed.add(input)
  const kept = [...needed].sort((a, b) => a - b)
  const places = new Map(kept.map((index, place) => [index, place]))
  return kept.map(index => {
    const node = nodes[index]!
    return { ...node, inputs: node.inputs.map(input => places.get(input)!) }
  })
}
