// The operations as their textbook sums, in float64 and not optimised. Gradients are differences of these sums, so they share no
// derivation with the code under test.

/** Values in row-major order. */
export interface Grid {
  shape: number[]
  values: Float64Array
}

export function grid(shape: number[], valueAt: (...index: number[]) => number): Grid {
  const values = new Float64Array(shape.reduce((size, extent) => size * extent, 1))
  const index = shape.map(() => 0)
  for (let position = 0; position < values.length; position++) {
    values[position] = valueAt(...index)
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0
  }
  return { shape, values }
}

function at({ shape, values }: Grid, ...index: number[]): number {
  return values[index.reduce((position, i, axis) => position * shape[axis]! + i, 0)]!
}

/** a [m, k] times b [k, n]. */
export function matMul(a: Grid, b: Grid): Grid {
  return grid([a.shape[0]!, b.shape[1]!], (i, j) => total(a.shape[1]!, k => at(a, i!, k) * at(b, k, j!)))
}

export function transpose(a: Grid): Grid {
  return grid([a.shape[1]!, a.shape[0]!], (i, j) => at(a, j!, i!))
}

/** x [..., n] plus b [n]. */
export function addBias(x: Grid, b: Grid): Grid {
  return grid(x.shape, (...index) => at(x, ...index) + at(b, index.at(-1)!))
}

export function relu(x: Grid): Grid {
  return { shape: x.shape, values: x.values.map(value => Math.max(0, value)) }
}

/** How a window moves over an image, in TensorFlow's terms. */
export interface Window {
  strides: [number, number]
  pad: 'valid' | 'same'
}

/** x [n, h, w, i] and filter [a, b, i, o]. */
export function conv2d(x: Grid, filter: Grid, window: Window): Grid {
  const [rows, columns, inChannels, outChannels] = filter.shape as [number, number, number, number]
  return overWindows(x, [rows, columns], window, outChannels, (cells, channel) =>
    cells.reduce(
      (sum, { image, row, column, a, b }) =>
        sum + total(inChannels, i => at(x, image, row, column, i) * at(filter, a, b, i, channel)),
      0,
    ),
  )
}

export function maxPool(x: Grid, size: number, window: Window): Grid {
  return overWindows(x, [size, size], window, x.shape[3]!, (cells, channel) =>
    Math.max(...cells.map(({ image, row, column }) => at(x, image, row, column, channel))),
  )
}

/** The mean of the pixels that a window covers, without padding. */
export function avgPool(x: Grid, size: number, window: Window): Grid {
  return overWindows(x, [size, size], window, x.shape[3]!, (cells, channel) =>
    cells.reduce((sum, { image, row, column }) => sum + at(x, image, row, column, channel) / cells.length, 0),
  )
}

/** Normalises x [..., n] over all but the last axis with the batch's moments, then applies gamma and beta [n]. */
export function batchNorm(x: Grid, gamma: Grid, beta: Grid, epsilon: number): Grid {
  const channels = x.shape.at(-1)!
  const rows = x.values.length / channels
  const mean = Array.from(
    { length: channels },
    (_, c) => total(rows, r => x.values[r * channels + c]!) / rows,
  )
  const variance = mean.map((m, c) => total(rows, r => (x.values[r * channels + c]! - m) ** 2) / rows)
  return grid(x.shape, (...index) => {
    const c = index.at(-1)!
    return ((at(x, ...index) - mean[c]!) / Math.sqrt(variance[c]! + epsilon)) * at(gamma, c) + at(beta, c)
  })
}

/** -log softmax(logits)[label] for each row. */
export function softmaxCrossEntropy(logits: Grid, labels: number[]): Grid {
  const [rows, classes] = logits.shape as [number, number]
  return grid([rows], row => {
    const sum = total(classes, c => Math.exp(at(logits, row!, c)))
    return Math.log(sum) - at(logits, row!, labels[row!]!)
  })
}

/** The gradients of sum(weights * f(inputs)), by central differences. */
export function gradientsOf(f: (...inputs: Grid[]) => Grid, inputs: Grid[], weights: Float64Array): Grid[] {
  const h = 1e-4
  const value = () => f(...inputs).values.reduce((sum, y, i) => sum + y * weights[i]!, 0)
  return inputs.map(input => ({
    shape: input.shape,
    values: input.values.map((original, position) => {
      input.values[position] = original + h
      const above = value()
      input.values[position] = original - h
      const below = value()
      input.values[position] = original
      return (above - below) / (2 * h)
    }),
  }))
}

interface Cell {
  image: number
  row: number
  column: number
  /** The position in the window. */
  a: number
  b: number
}

function overWindows(
  x: Grid,
  size: [number, number],
  { strides, pad }: Window,
  outChannels: number,
  reduce: (cells: Cell[], channel: number) => number,
): Grid {
  const [count, height, width] = x.shape as [number, number, number]
  const axes = [height, width].map((extent, axis) => {
    const [length, stride] = [size[axis]!, strides[axis]!]
    if (pad === 'valid') return { extent: Math.floor((extent - length) / stride) + 1, before: 0 }
    const outExtent = Math.ceil(extent / stride)
    const zeros = Math.max(0, (outExtent - 1) * stride + length - extent)
    return { extent: outExtent, before: Math.floor(zeros / 2) }
  })
  const [vertical, horizontal] = axes as [(typeof axes)[0], (typeof axes)[0]]
  const shape = [count, vertical.extent, horizontal.extent, outChannels]
  return grid(shape, (image, outRow, outColumn, channel) => {
    const cells: Cell[] = []
    for (let a = 0; a < size[0]; a++) {
      for (let b = 0; b < size[1]; b++) {
        const row = outRow! * strides[0] - vertical.before + a
        const column = outColumn! * strides[1] - horizontal.before + b
        if (row >= 0 && row < height && column >= 0 && column < width) {
          cells.push({ image: image!, row, column, a, b })
        }
      }
    }
    return reduce(cells, channel!)
  })
}

function total(count: number, term: (index: number) => number): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += term(i)
  return sum
}
