import { permutation, randomStream } from '#network/random.ts'
import type { Split } from './examples.ts'

/**
 * Holds out a share of the examples for validation: the same share of each class, to the nearest whole example. In total, round(count *
 * fraction) examples are held out (largest remainder method). Examples with targets count as one class.
 */
export function holdOut(
  examples: Split['examples'],
  fraction: number,
  seed: number,
): { training: Split; validation: Split } {
  const heldOut = new Uint8Array(examples.count)
  const classes = indicesByClass(examples.labels, examples.count)
  const counts = apportion(
    classes.map(({ length }) => length * fraction),
    Math.round(examples.count * fraction),
  )
  classes.forEach((indices, label) => {
    const order = permutation(indices.length, randomStream(seed, 'validation', label))
    for (const position of order.subarray(0, counts[label])) heldOut[indices[position]!] = 1
  })
  const pick = (wanted: number): Split => ({
    examples,
    indices: Uint32Array.from(heldOut.keys()).filter(index => heldOut[index] === wanted),
  })
  return { training: pick(0), validation: pick(1) }
}

function indicesByClass(labels: Split['examples']['labels'], count: number): number[][] {
  if (labels instanceof Float32Array) return [Array.from({ length: count }, (_, index) => index)]
  const classes: number[][] = []
  labels.forEach((label, index) => {
    while (classes.length <= label) classes.push([])
    classes[label]!.push(index)
  })
  return classes
}

/** Whole numbers near the quotas that sum to `total` (the method of Hamilton; equal remainders go to the first). */
function apportion(quotas: readonly number[], total: number): number[] {
  const seats = quotas.map(Math.floor)
  const left = total - seats.reduce((sum, count) => sum + count, 0)
  const remainder = (index: number) => quotas[index]! - seats[index]!
  const byRemainder = [...quotas.keys()].sort((a, b) => remainder(b) - remainder(a) || a - b)
  for (const index of byRemainder.slice(0, left)) seats[index]!++
  return seats
}
