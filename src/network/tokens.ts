import type { Topology } from './topology.ts'

/** A value for which an embedding has no row. */
interface WrongToken {
  /** Index in the example, from 0. */
  position: number
  /** The error message for the client. */
  message: string
}

/**
 * Checks examples for values that are not tokens of the network's embeddings: fractions, negative numbers, numbers beyond the last row.
 * @returns a function that returns the first such value of an example; undefined for a network without embeddings
 */
export function tokenChecker({
  layers,
}: Topology): ((example: ArrayLike<number>) => WrongToken | undefined) | undefined {
  // The input of every embedding is the whole example, so the embedding with the fewest rows decides.
  const [embedding] = layers
    .filter(layer => layer.type === 'embedding')
    .toSorted((a, b) => a.inputDim - b.inputDim)
  if (!embedding) return undefined
  const { name, inputDim } = embedding
  return example => {
    for (let position = 0; position < example.length; position++) {
      const token = example[position]!
      if (token >= 0 && token < inputDim && Number.isInteger(token)) continue
      const message = Number.isInteger(token)
        ? `token ${token} is outside embedding "${name}" (input_dim ${inputDim}: 0 to ${inputDim - 1})`
        : `token ${token} is not a whole number, which embedding "${name}" requires`
      return { position, message }
    }
    return undefined
  }
}
