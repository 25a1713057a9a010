import type { GraphNode } from '../../graph.ts'

/** A node that computes the activation behind it. */
export function fuseActivation(node: GraphNode, behind: GraphNode): GraphNode | undefined {
  if (behind.op !== 'activation' || !('activation' in node) || node.activation.name !== 'linear')
    return undefined
  return { ...node, activation: behind.activation }
}
