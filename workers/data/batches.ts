import type { Split } from './examples.ts'

/** A few examples, still as bytes; the step turns them into tensors. The pixels last until the next batch is asked for. */
export interface Batch {
  pixels: Uint8Array
  labels: Int32Array
  size: number
}

/** Puts an example into its row of a batch. */
export type Place = (source: Uint8Array, target: Uint8Array, index: number) => void

export interface BatchOptions {
  /** How many of the first batches are left out. */
  skip?: number
  place?: Place
}

/** The split's examples in order, batchSize at a time; the last batch takes what is left. */
export function* batches(
  { examples, indices }: Split,
  batchSize: number,
  { skip = 0, place }: BatchOptions = {},
): Generator<Batch, void, undefined> {
  const stride = examples.pixels.length / examples.count
  const space = new Uint8Array(Math.min(batchSize, indices.length) * stride)
  for (let start = skip * batchSize; start < indices.length; start += batchSize) {
    const size = Math.min(batchSize, indices.length - start)
    const pixels = space.subarray(0, size * stride)
    const labels = new Int32Array(size)
    for (let row = 0; row < size; row++) {
      const index = indices[start + row]!
      const source = examples.pixels.subarray(index * stride, (index + 1) * stride)
      if (place) place(source, space.subarray(row * stride, (row + 1) * stride), index)
      else space.set(source, row * stride)
      labels[row] = examples.labels[index]!
    }
    yield { pixels, labels, size }
  }
}

/** The numbers of examples in the batches that `count` examples make. */
export function batchSizes(count: number, batchSize: number): number[] {
  const sizes = [Math.min(count, batchSize), count % batchSize]
  return [...new Set(sizes)].filter(size => size > 0)
}

/** A batch of zeros, for what only the shape matters. */
export function blankBatch(size: number, inputShape: readonly number[]): Batch {
  const stride = inputShape.reduce((product, length) => product * length, 1)
  return { pixels: new Uint8Array(size * stride), labels: new Int32Array(size), size }
}
