import type { GraphNode } from '../../graph.ts'
import { ModelError } from '../../model-error.ts'
import { elementCount, isSameShape } from '../../shape.ts'

const MAX_AXES = 3

/** The node with its first axes as one where it has more than three. Nodes of so many axes compute elements, or rows of the last axis. */
export function limitAxes(node: GraphNode, _: number, nodes: readonly GraphNode[]): GraphNode {
  const { name, shape, inputs } = node
  if (shape.length <= MAX_AXES) return node
  const isBroadcast = node.op !== 'concatenation' && node.op !== 'reshaping'
  if (isBroadcast && !inputs.every(input => isSameShape(nodes[input]!.shape, shape)))
    throw new ModelError(`layer "${name}" takes inputs of different shapes with more than ${MAX_AXES} axes`)
  return { ...node, shape: [elementCount(shape.slice(0, 1 - MAX_AXES)), ...shape.slice(1 - MAX_AXES)] }
}
