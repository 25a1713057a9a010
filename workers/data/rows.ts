/** The batches of several consecutive steps, as row indices into a split on the device. */
export interface Rows {
  /** [steps, size], row-major. */
  rows: Int32Array
  steps: number
  size: number
}

/** How the batches of a split are grouped into calls. */
export interface Pace {
  batchSize: number
  /** The number of steps in one call, if that many full batches are left. */
  stepsPerCall: number
}

/** The batches of examples in the given order, several steps at a time. @param skip the number of batches to omit at the start */
export function* rowsInOrder(
  order: Uint32Array,
  { batchSize, stepsPerCall }: Pace,
  skip = 0,
): Generator<Rows, void, undefined> {
  let start = skip * batchSize
  while (start < order.length) {
    const left = order.length - start
    // The first call has one step, so that its progress can be reported soon.
    const isFirst = start === skip * batchSize
    const steps = !isFirst && left >= batchSize * stepsPerCall ? stepsPerCall : 1
    const size = Math.min(batchSize, left)
    const end = start + steps * size
    yield { rows: Int32Array.from(order.subarray(start, end)), steps, size }
    start = end
  }
}

/** One of each shape that the calls for `count` examples can have, for any first batch. */
export function rowShapes(count: number, { batchSize, stepsPerCall }: Pace): Rows[] {
  const shapes = [
    [stepsPerCall, batchSize],
    [1, batchSize],
    [1, count % batchSize],
  ] as const
  const possible = shapes.filter(([steps, size]) => size > 0 && steps * size <= count)
  const distinct = new Map(possible.map(([steps, size]) => [`${steps} ${size}`, { steps, size }]))
  return [...distinct.values()].map(({ steps, size }) => ({
    rows: new Int32Array(steps * size),
    steps,
    size,
  }))
}
