import type { Examples, Split } from './examples.ts'

/** A few examples as they are stored; the step turns them into tensors. x lasts until the next batch is asked for. */
export interface Batch {
  /** [size, ...shape of an example] */
  x: Uint8Array | Float32Array
  /** Classes [size], or targets [size, numbers]. */
  labels: Int32Array | Float32Array
  size: number
}

/** The split's examples in order, batchSize at a time; the last batch takes what is left. @param skip leaves out the first batches */
export function* batches(
  split: Split<Examples>,
  batchSize: number,
  skip = 0,
): Generator<Batch, void, undefined> {
  const { examples, indices } = split
  const stride = examples.x.length / examples.count
  const space = new (arrayOf(examples.x))(Math.min(batchSize, indices.length) * stride)
  for (let start = skip * batchSize; start < indices.length; start += batchSize) {
    const rows = indices.subarray(start, start + batchSize)
    for (let row = 0; row < rows.length; row++) {
      const index = rows[row]!
      space.set(examples.x.subarray(index * stride, (index + 1) * stride), row * stride)
    }
    yield {
      x: space.subarray(0, rows.length * stride),
      labels: labelsOf(split, rows),
      size: rows.length,
    }
  }
}

/** All of a split as one batch: the examples themselves where it is all of them in their order. */
export function wholeBatch(split: Split<Examples>): Batch {
  const { examples, indices } = split
  const isWhole = indices.length === examples.count && indices.every((index, row) => index === row)
  if (!isWhole) return batches(split, indices.length).next().value!
  return { x: examples.x, labels: labelsOf(split, indices), size: examples.count }
}

/** Those of some of the examples. */
export function labelsOf({ examples: { labels, count } }: Split, rows: Uint32Array): Batch['labels'] {
  if (!(labels instanceof Float32Array)) {
    const picked = new Int32Array(rows.length)
    for (let row = 0; row < rows.length; row++) picked[row] = labels[rows[row]!]!
    return picked
  }
  const width = labels.length / count
  const picked = new Float32Array(rows.length * width)
  rows.forEach((index, row) => {
    picked.set(labels.subarray(index * width, (index + 1) * width), row * width)
  })
  return picked
}

function arrayOf(values: Uint8Array | Float32Array) {
  return values instanceof Float32Array ? Float32Array : Uint8Array
}

/** The numbers of examples in the batches that `count` examples make. */
export function batchSizes(count: number, batchSize: number): number[] {
  const sizes = [Math.min(count, batchSize), count % batchSize]
  return [...new Set(sizes)].filter(size => size > 0)
}
