/** Batches of some steps in a row, as places in a split that is on the device. */
export interface Rows {
  /** [steps, size], row-major. */
  rows: Int32Array
  steps: number
  size: number
}

/** How the batches of a split are put together to calls. */
export interface Pace {
  batchSize: number
  /** In a call, as long as there are as many full batches. */
  stepsPerCall: number
}

/** The order's batches, some steps at a time. @param skip leaves out the first batches */
export function* rowsInOrder(
  order: Uint32Array,
  { batchSize, stepsPerCall }: Pace,
  skip = 0,
): Generator<Rows, void, undefined> {
  let start = skip * batchSize
  while (start < order.length) {
    const left = order.length - start
    // The first alone, so that there is something to tell of soon.
    const isFirst = start === skip * batchSize
    const steps = !isFirst && left >= batchSize * stepsPerCall ? stepsPerCall : 1
    const size = Math.min(batchSize, left)
    const end = start + steps * size
    yield { rows: Int32Array.from(order.subarray(start, end)), steps, size }
    start = end
  }
}

/** One of each shape that the calls of `count` examples can have, wherever they begin. */
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
