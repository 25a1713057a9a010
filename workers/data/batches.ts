import type { Examples, Split } from './examples.ts'

/** Some examples in their stored form; the step converts them to tensors. x is valid until the next batch is requested. */
export interface Batch {
  /** [size, ...shape of an example] */
  x: Uint8Array | Float32Array
  /** Classes [size], or targets [size, numbers]. */
  labels: Int32Array | Float32Array
  size: number
}

/**
 * The split's examples in order, batchSize at a time; the last batch may be smaller.
 * @param skip the number of batches to omit at the start
 */
export function* batches(
  split: Split<Examples>,
  batchSize: number,
  skip = 0,
): Generator<Batch, void, undefined> {
  const { examples, indices } = split
  const stride = examples.x.length / examples.count
  const buffer = new (arrayOf(examples.x))(Math.min(batchSize, indices.length) * stride)
  for (let start = skip * batchSize; start < indices.length; start += batchSize) {
    const rows = indices.subarray(start, start + batchSize)
    for (let row = 0; row < rows.length; row++) {
      const index = rows[row]!
      buffer.set(examples.x.subarray(index * stride, (index + 1) * stride), row * stride)
    }
    yield {
      x: buffer.subarray(0, rows.length * stride),
      labels: labelsOf(split, rows),
      size: rows.length,
    }
  }
}

/** A whole split as one batch, without a copy if the split contains all examples in order. */
export function wholeBatch(split: Split<Examples>): Batch {
  const { examples, indices } = split
  const isWhole = indices.length === examples.count && indices.every((index, row) => index === row)
  if (!isWhole) return batches(split, indices.length).next().value!
  return { x: examples.x, labels: labelsOf(split, indices), size: examples.count }
}

/** The labels of some of the examples. */
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

/** The distinct sizes of the batches of `count` examples. */
export function batchSizes(count: number, batchSize: number): number[] {
  const sizes = [Math.min(count, batchSize), count % batchSize]
  return [...new Set(sizes)].filter(size => size > 0)
}
