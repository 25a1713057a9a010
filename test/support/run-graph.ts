import type { Activation, Graph, GraphNode, Margins, Shape } from '#runtime/src/graph.ts'
import { functionOf } from './activation-functions.ts'
import { runRecurrence } from './run-recurrence.ts'

/** A value of one example. */
interface Tensor {
  shape: Shape
  data: Float64Array
}

type NodeOf<Op extends GraphNode['op']> = GraphNode & { op: Op }
type Operation<Op extends GraphNode['op']> = (node: NodeOf<Op>, inputs: readonly Tensor[]) => Float64Array

/**
 * The outputs of a graph for `count` examples, [count, ...shape of the last node], by the definition of each node, in float64 arithmetic
 * and one example at a time: what every program that the runtime makes of the graph is compared with.
 */
export function runGraph({ nodes }: Graph, inputs: ArrayLike<number>, count: number): Float64Array {
  const [size, outputs] = [elementCount(nodes[0]!.shape), elementCount(nodes.at(-1)!.shape)]
  const result = new Float64Array(count * outputs)
  for (let index = 0; index < count; index++) {
    const example = Float64Array.from({ length: size }, (_, i) => inputs[index * size + i]!)
    result.set(runExample(nodes, example), index * outputs)
  }
  return result
}

function runExample(nodes: readonly GraphNode[], example: Float64Array): Float64Array {
  const values: Tensor[] = []
  for (const node of nodes) {
    const run = OPERATIONS[node.op] as Operation<GraphNode['op']>
    const inputs =
      node.op === 'input' ? [{ shape: node.shape, data: example }] : node.inputs.map(i => values[i]!)
    const data = run(node, inputs)
    if (data.length !== elementCount(node.shape))
      throw new Error(`${node.name} computes ${data.length} elements for the shape [${node.shape}]`)
    values.push({ shape: node.shape, data })
  }
  return values.at(-1)!.data
}

const OPERATIONS: { [Op in GraphNode['op']]: Operation<Op> } = {
  input: (_, [x]) => x!.data,
  reshaping: (_, [x]) => x!.data,

  dense: (node, [x]) =>
    weightedSums(node, sums => {
      const [channels, units] = [x!.shape.at(-1)!, node.shape.at(-1)!]
      for (let row = 0; row < x!.data.length / channels; row++)
        for (let c = 0; c < channels; c++)
          for (let u = 0; u < units; u++)
            sums[row * units + u]! += x!.data[row * channels + c]! * node.kernel[c * units + u]!
    }),

  convolution: (node, [x]) =>
    weightedSums(node, sums => {
      const [channels, filters] = [x!.shape[2]!, node.shape[2]!]
      forEachTap(node, x!.shape, node.shape, (output, input, tap) => {
        for (let c = 0; c < channels; c++)
          for (let f = 0; f < filters; f++)
            sums[output * filters + f]! +=
              x!.data[input * channels + c]! * node.kernel[(tap * channels + c) * filters + f]!
      })
    }),

  maxPooling(node, [x]) {
    const channels = node.shape[2]!
    const y = emptyOf(node.shape).fill(-Infinity)
    forEachTap(node, x!.shape, node.shape, (output, input) => {
      for (let c = 0; c < channels; c++)
        y[output * channels + c] = Math.max(y[output * channels + c]!, x!.data[input * channels + c]!)
    })
    return y
  },

  averagePooling(node, [x]) {
    const channels = node.shape[2]!
    const [sums, counts] = [emptyOf(node.shape), emptyOf(node.shape.slice(0, 2))]
    forEachTap(node, x!.shape, node.shape, (output, input) => {
      counts[output]! += 1
      for (let c = 0; c < channels; c++) sums[output * channels + c]! += x!.data[input * channels + c]!
    })
    return sums.map((sum, i) => sum / counts[Math.floor(i / channels)]!)
  },

  globalMaxPooling(node, [x]) {
    const y = emptyOf(node.shape).fill(-Infinity)
    for (const [i, value] of x!.data.entries()) y[i % y.length] = Math.max(y[i % y.length]!, value)
    return y
  },

  globalAveragePooling(node, [x]) {
    const sums = emptyOf(node.shape)
    for (const [i, value] of x!.data.entries()) sums[i % sums.length]! += value
    return sums.map(sum => (sum * sums.length) / x!.data.length)
  },

  add: (node, inputs) => combine(node, inputs, (a, b) => a + b),
  multiply: (node, inputs) => combine(node, inputs, (a, b) => a * b),
  average: (node, inputs) => combine(node, inputs, (a, b) => a + b, inputs.length),

  concatenation(node, inputs) {
    const rows = elementCount(node.shape.slice(0, -1))
    const parts = Array.from({ length: rows }, (_, row) =>
      inputs.map(({ shape, data }) => data.subarray(row * shape.at(-1)!, (row + 1) * shape.at(-1)!)),
    )
    return Float64Array.from(parts.flat().flatMap(part => [...part]))
  },

  affine(node, [x]) {
    const { shift, scale, offset } = node
    const at = (values: Float32Array, i: number) => values[i % values.length]!
    return activated(
      node,
      x!.data.map((value, i) => (value - at(shift, i)) * at(scale, i) + at(offset, i)),
    )
  },

  layerNormalization({ epsilon, gamma, beta, shape }, [x]) {
    const [width, y] = [shape.at(-1)!, emptyOf(shape)]
    for (let begin = 0; begin < y.length; begin += width) {
      const row = x!.data.subarray(begin, begin + width)
      const mean = row.reduce((sum, value) => sum + value, 0) / width
      const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width
      const deviation = Math.sqrt(variance + epsilon)
      y.set(
        row.map((value, i) => ((value - mean) / deviation) * gamma[i]! + beta[i]!),
        begin,
      )
    }
    return y
  },

  activation: (node, [x]) => activated(node, x!.data),

  softmax({ shape }, [x]) {
    const [width, y] = [shape.at(-1)!, x!.data.slice()]
    for (let begin = 0; begin < y.length; begin += width) {
      const row = y.subarray(begin, begin + width)
      const largest = row.reduce((a, b) => Math.max(a, b))
      const powers = row.map(value => Math.exp(value - largest))
      const sum = powers.reduce((a, b) => a + b)
      row.set(powers.map(power => power / sum))
    }
    return y
  },

  padding: ({ shape, margins }, [x]) => place(x!, shape, margins.top, margins.left),
  cropping: ({ shape, margins }, [x]) => place(x!, shape, -margins.top, -margins.left),

  upsampling({ shape, times: [down, right], zeros }, [x]) {
    const [, width, channels] = x!.shape as [number, number, number]
    return emptyOf(shape).map((_, i) => {
      const [row, column, channel] = positionOf(i, shape) as [number, number, number]
      if (zeros && (row % down > 0 || column % right > 0)) return 0
      return x!.data[(Math.floor(row / down) * width + Math.floor(column / right)) * channels + channel]!
    })
  },

  reversal({ shape: [steps, width] }, [x]) {
    const rows = Array.from({ length: steps! }, (_, step) =>
      x!.data.subarray(step * width!, (step + 1) * width!),
    )
    return Float64Array.from(rows.reverse().flatMap(row => [...row]))
  },

  embedding({ shape, embeddings }, [x]) {
    const width = shape.at(-1)!
    return emptyOf(shape).map((_, i) => embeddings[x!.data[Math.floor(i / width)]! * width + (i % width)]!)
  },

  recurrence: (node, [x]) => runRecurrence(node, x!.data),
}

/** The activated sums of a node, which begin with its bias. */
function weightedSums(
  node: NodeOf<'dense' | 'convolution'>,
  addTo: (sums: Float64Array) => void,
): Float64Array {
  const { shape, bias } = node
  const sums = emptyOf(shape).map((_, i) => bias?.[i % bias.length] ?? 0)
  addTo(sums)
  return activated(node, sums)
}

function activated({ activation }: { activation: Activation }, z: Float64Array): Float64Array {
  return z.map(functionOf(activation))
}

interface Windows {
  size: readonly [number, number]
  strides: readonly [number, number]
  margins: Margins
}

/** Calls `visit` for each pixel of an image that a window covers, with the index of the window, of the pixel, and of the pixel in the window. */
function forEachTap(
  { size: [tall, wide], strides: [down, right], margins }: Windows,
  [height, width]: Shape,
  [rows, columns]: Shape,
  visit: (window: number, pixel: number, tap: number) => void,
): void {
  for (let row = 0; row < rows!; row++)
    for (let column = 0; column < columns!; column++)
      for (let tap = 0; tap < tall * wide; tap++) {
        const y = row * down - margins.top + Math.floor(tap / wide)
        const x = column * right - margins.left + (tap % wide)
        if (y < 0 || y >= height! || x < 0 || x >= width!) continue
        visit(row * columns! + column, y * width! + x, tap)
      }
}

/** Folds the inputs element by element, and divides by `divisor`; axes of length 1 are broadcast. */
function combine(
  node: NodeOf<'add' | 'multiply' | 'average'>,
  inputs: readonly Tensor[],
  fold: (a: number, b: number) => number,
  divisor = 1,
): Float64Array {
  const z = emptyOf(node.shape).map((_, i) => {
    const position = positionOf(i, node.shape)
    return inputs.map(input => elementAt(input, position)).reduce(fold) / divisor
  })
  return activated(node, z)
}

function elementAt({ shape, data }: Tensor, position: readonly number[]): number {
  return data[
    shape.reduce((index, length, axis) => index * length + (length === 1 ? 0 : position[axis]!), 0)
  ]!
}

/** An image of a shape, with x at a position, which may be outside it; zeros elsewhere. */
function place(
  { shape: [height, width, channels], data }: Tensor,
  shape: Shape,
  top: number,
  left: number,
): Float64Array {
  return emptyOf(shape).map((_, i) => {
    const [row, column, channel] = positionOf(i, shape) as [number, number, number]
    const [y, x] = [row - top, column - left]
    const isInside = y >= 0 && y < height! && x >= 0 && x < width!
    return isInside ? data[(y * width! + x) * channels! + channel]! : 0
  })
}

/** The index along each axis of an element. */
function positionOf(index: number, shape: Shape): number[] {
  return shape.map((length, axis) => Math.floor(index / elementCount(shape.slice(axis + 1))) % length)
}

function emptyOf(shape: Shape): Float64Array {
  return new Float64Array(elementCount(shape))
}

function elementCount(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1)
}
