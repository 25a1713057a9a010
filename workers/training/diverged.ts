import type { FloatTensor } from '#formats/named-tensor.ts'

/** A loss became NaN or infinite: there is nothing left to train. */
export class Diverged extends Error {
  override readonly name = 'Diverged'
}

export function expectFinite(loss: number, where: string): void {
  if (!Number.isFinite(loss)) throw new Diverged(`The loss became ${loss} in ${where}.`)
}

/** The same error, and what it has done to the weights: of its own step, or on a GPU of the few steps until its outcome was read. */
export function nameCulprits({ message }: Diverged, weights: readonly FloatTensor[]): Diverged {
  const culprits = weights.filter(({ data }) => !data.every(Number.isFinite)).map(({ name }) => name)
  if (culprits.length === 0) return new Diverged(`${message} All weights are finite, but too large for it.`)
  return new Diverged(`${message} No longer finite: ${culprits.join(', ')}.`)
}
