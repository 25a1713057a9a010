import type { GraphNode } from '../../graph.ts'

/** How many nodes read the output of each node. */
export function countReaders(nodes: readonly GraphNode[]): number[] {
  const readers = nodes.map(() => 0)
  for (const { inputs } of nodes) for (const input of inputs) readers[input]!++
  return readers
}

/** The node that computes an only input, before reshapings, if no other node reads its output. */
export function producerOf(
  inputs: readonly number[],
  nodes: readonly GraphNode[],
  readers: readonly number[],
): number | undefined {
  if (inputs.length !== 1) return undefined
  let producer = inputs[0]!
  while (nodes[producer]!.op === 'reshaping' && readers[producer] === 1)
    producer = nodes[producer]!.inputs[0]!
  return readers[producer] === 1 ? producer : undefined
}
