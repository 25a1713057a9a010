import type { Topology } from './topology.ts'

/** A value that an embedding has no row for. */
interface WrongToken {
  /** Which value of the example, from 0. */
  position: number
  /** What is wrong with it, for whoever gave it. */
  message: string
}

/**
 * Looks for a value that an embedding of the network cannot take: a fraction, a negative number, or one beyond its rows.
 * @returns a function of the values of one example, that answers with the first such value; undefined for a network without embeddings
 */
export function tokenChecker({
  layers,
}: Topology): ((example: ArrayLike<number>) => WrongToken | undefined) | undefined {
  // All of them take the whole example: the fewest rows decide.
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
