import type { Graph } from './graph.ts'

/** @throws RangeError if a number is not a token of the embeddings of a graph: a whole number below the number of their rows */
export function checkTokens(inputs: Float32Array, { nodes }: Graph): void {
  for (const node of nodes) {
    if (node.op !== 'embedding') continue
    const rows = node.embeddings.length / node.shape.at(-1)!
    const wrong = inputs.findIndex(token => !(token >= 0 && token < rows && Number.isInteger(token)))
    if (wrong >= 0)
      throw new RangeError(
        `x has ${inputs[wrong]} at index ${wrong}; layer "${node.name}" takes tokens, whole numbers from 0 to ${rows - 1}`,
      )
  }
}
