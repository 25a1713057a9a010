import type { Topology } from './topology.ts'

/** A value for which an embedding has no row. */
interface WrongToken {
  /** Index in the example, from 0. */
  position: number
  /** Says what is wrong, for the client. */
  message: string
}

/**
 * Checks examples for values that an embedding of the network cannot take: fractions, negative numbers, numbers beyond its rows.
 * @returns a function that returns the first such value of an example; undefined for a network without embeddings
 */
export function tokenChecker({
  layers,
}: Topology): ((example: ArrayLike<number>) => WrongToken | undefined) | undefined {
  // Every embedding takes the whole example, so the one with the fewest rows decides.
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
        : `token ${token} is no whole number, which embedding "${name}" needs`
      return { position, message }
    }
    return undefined
  }
}
