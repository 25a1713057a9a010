import type { Activation, Graph, GraphNode, Margins, Shape } from '#runtime/src/graph.ts'

/** Numbers between -1 and 1, always the same; all but a share of them are zero. */
export function randomNumbers(length: number, density = 1): Float32Array {
  let state = length
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  return Float32Array.from({ length }, () => (next() < density ? next() * 2 - 1 : 0))
}

const LINEAR: Activation = { name: 'linear' }
const RELU: Activation = { name: 'relu' }
const NONE: Margins = { top: 0, bottom: 0, left: 0, right: 0 }
const around = (n: number): Margins => ({ top: n, bottom: n, left: n, right: n })

/** Builds a graph node by node. */
class GraphBuilder {
  readonly nodes: GraphNode[]

  constructor(shape: Shape) {
    this.nodes = [{ op: 'input', name: 'input', inputs: [], shape }]
  }

  get last(): number {
    return this.nodes.length - 1
  }

  get #shape(): Shape {
    return this.nodes.at(-1)!.shape
  }

  /** Appends a node whose input is the last one, unless others are named. */
  add(node: Partial<GraphNode> & { op: GraphNode['op'] }): this {
    const common = { name: `${node.op} ${this.nodes.length}`, inputs: [this.last], shape: this.#shape }
    this.nodes.push({ ...common, ...node } as GraphNode)
    return this
  }

  convolution(
    filters: number,
    [height, width]: readonly [number, number],
    options: {
      strides?: readonly [number, number]
      margins?: Margins
      activation?: Activation
      density?: number
      bias?: boolean
      inputs?: number[]
    } = {},
  ): this {
    const {
      strides = [1, 1],
      margins = NONE,
      activation = RELU,
      density = 0.3,
      bias = true,
      inputs = [this.last],
    } = options
    const from = this.nodes[inputs[0]!]!.shape
    const [rows, columns] = outputSize(from, [height, width], strides, margins)
    const channels = from[2]!
    const kernel = randomNumbers(height * width * channels * filters, density)
    return this.add({
      op: 'convolution',
      shape: [rows, columns, filters],
      size: [height, width],
      strides,
      margins,
      kernel,
      ...(bias && { bias: randomNumbers(filters) }),
      activation,
      inputs,
    })
  }

  dense(units: number, activation: Activation = LINEAR, density = 0.2): this {
    const kernel = randomNumbers(this.#shape.at(-1)! * units, density)
    const shape = [...this.#shape.slice(0, -1), units]
    return this.add({ op: 'dense', shape, kernel, bias: randomNumbers(units), activation })
  }

  pooling(
    op: 'maxPooling' | 'averagePooling',
    size: readonly [number, number],
    strides: readonly [number, number],
    margins = NONE,
  ): this {
    const [rows, columns] = outputSize(this.#shape, size, strides, margins)
    return this.add({ op, shape: [rows, columns, this.#shape[2]!], size, strides, margins })
  }

  flatten(): this {
    return this.add({ op: 'reshaping', shape: [this.#shape.reduce((product, n) => product * n, 1)] })
  }
}

function outputSize(
  [height, width]: Shape,
  size: readonly [number, number],
  strides: readonly [number, number],
  { top, bottom, left, right }: Margins,
): [number, number] {
  return [
    Math.floor((height! + top + bottom - size[0]) / strides[0]) + 1,
    Math.floor((width! + left + right - size[1]) / strides[1]) + 1,
  ]
}

const on = (...shape: number[]) => new GraphBuilder(shape)

/** A residual block whose shortcut is the value itself or a projection. */
function residual(graph: GraphBuilder, filters: number, stride: number): GraphBuilder {
  const from = graph.last
  graph.convolution(8, [1, 1]).convolution(8, [3, 3], { strides: [stride, stride], margins: around(1) })
  graph.convolution(filters, [1, 1], { activation: LINEAR })
  const product = graph.last
  const isProjected = stride > 1
  if (isProjected)
    graph.convolution(filters, [1, 1], { strides: [stride, stride], activation: LINEAR, inputs: [from] })
  const inputs = isProjected ? [product, graph.last] : [product, from]
  return graph.add({ op: 'add', inputs, activation: RELU })
}

const ACTIVATIONS: Activation[] = [
  { name: 'leakyRelu', slope: 0.2 },
  ...(['linear', 'relu', 'relu6', 'elu', 'selu', 'softplus', 'softsign', 'tanh', 'sigmoid'] as const).map(
    name => ({ name }),
  ),
  ...(['hardSigmoid', 'keras2HardSigmoid', 'gelu', 'silu', 'hardSilu'] as const).map(name => ({ name })),
]

const GRAPHS: Record<string, GraphBuilder> = {
  dense: on(37).dense(50, RELU).dense(10).add({ op: 'softmax' }),
  'a dense layer over the steps of a sequence': on(9, 5).dense(7, { name: 'tanh' }),
  'a convolution of one channel': on(28, 28, 1)
    .convolution(20, [5, 5])
    .pooling('maxPooling', [2, 2], [2, 2])
    .flatten()
    .dense(10),
  'a convolution without bias': on(7, 7, 3).convolution(5, [3, 3], { bias: false, margins: around(1) }),
  'strides and margins that differ': on(11, 9, 3)
    .convolution(6, [3, 2], { strides: [2, 3], margins: { top: 0, bottom: 1, left: 1, right: 0 } })
    .convolution(4, [2, 3], {
      strides: [1, 2],
      margins: { top: 1, bottom: 0, left: 0, right: 1 },
      activation: LINEAR,
    }),
  'a window of 7 x 7 with stride 2': on(23, 23, 3)
    .convolution(8, [7, 7], { strides: [2, 2], margins: around(3) })
    .pooling('maxPooling', [3, 3], [2, 2], around(1)),
  'images so narrow that the columns of the window are copied': on(12, 12, 5)
    .convolution(20, [5, 5])
    .pooling('averagePooling', [2, 2], [2, 2]),
  'a stride larger than the window': on(9, 9, 4).convolution(5, [1, 1], { strides: [2, 2] }),
  'residual blocks': residual(residual(on(7, 7, 16), 16, 1), 24, 2)
    .add({ op: 'globalAveragePooling', shape: [24] })
    .dense(11),
  'an added value that is read again': (() => {
    const graph = on(6, 6, 4).convolution(4, [3, 3], { margins: around(1) })
    graph
      .convolution(4, [1, 1], { activation: LINEAR })
      .add({ op: 'add', inputs: [1, 2], activation: { name: 'gelu' } })
    return graph.add({ op: 'concatenation', inputs: [3, 1, 0], shape: [6, 6, 12] })
  })(),
  'more terms than a block': on(5, 5, 300).convolution(9, [3, 3], { margins: around(1), density: 0.1 }),
  'a row of weights that are all zero': on(8).dense(3, RELU, 0),
  'mean pooling at the margins': on(7, 5, 3).pooling('averagePooling', [3, 3], [2, 2], around(1)),
  'windows with a stride of 1 and of 3, over more columns than a vector has lanes': on(9, 61, 3)
    .pooling('maxPooling', [3, 4], [1, 1], { top: 1, bottom: 1, left: 2, right: 1 })
    .pooling('averagePooling', [2, 3], [2, 3], { top: 0, bottom: 1, left: 1, right: 2 })
    .pooling('averagePooling', [1, 3], [1, 1]),
  'the pixels of one channel': on(7, 9, 1).flatten().dense(6),
  'sums and products that are broadcast': (() => {
    const graph = on(4, 5, 6).pooling('averagePooling', [4, 5], [1, 1])
    graph.add({ op: 'multiply', inputs: [0, 1], shape: [4, 5, 6], activation: LINEAR })
    graph.convolution(1, [1, 1], { activation: { name: 'sigmoid' } })
    return graph.add({ op: 'average', inputs: [2, 3, 0], shape: [4, 5, 6], activation: RELU })
  })(),
  affine: on(3, 3, 5)
    .add({
      op: 'affine',
      shift: Float32Array.of(1),
      scale: randomNumbers(5),
      offset: randomNumbers(5),
      activation: RELU,
    })
    .add({ op: 'globalMaxPooling', shape: [5] }),
  'reshaping between images and sequences': on(4, 6, 5)
    .add({ op: 'reshaping', shape: [8, 15] })
    .dense(4)
    .add({ op: 'reshaping', shape: [2, 4, 4] })
    .convolution(3, [2, 2]),
  'a value that is added to itself': on(5).add({ op: 'add', inputs: [0, 0], activation: LINEAR }),
  'softmax over an image': on(3, 2, 19).add({ op: 'softmax' }),
  'zeros around an image': on(3, 4, 5)
    .add({ op: 'padding', margins: { top: 1, bottom: 2, left: 3, right: 0 }, shape: [6, 7, 5] })
    .convolution(4, [2, 2], { margins: around(1) }),
  'an image without its sides': on(6, 7, 5)
    .convolution(4, [1, 1])
    .add({ op: 'cropping', margins: { top: 1, bottom: 2, left: 3, right: 0 }, shape: [3, 4, 4] }),
  'copies of pixels': on(3, 4, 5).add({ op: 'upsampling', times: [2, 3], zeros: false, shape: [6, 12, 5] }),
  'zeros between pixels': on(3, 4, 5)
    .add({ op: 'upsampling', times: [3, 2], zeros: true, shape: [9, 8, 5] })
    .convolution(6, [3, 3], { margins: around(1) }),
  'copies of a vector': on(5)
    .add({ op: 'reshaping', shape: [1, 1, 5] })
    .add({ op: 'upsampling', times: [1, 4], zeros: false, shape: [1, 4, 5] })
    .add({ op: 'reshaping', shape: [4, 5] }),
  'a sequence in reverse': on(7, 3).add({ op: 'reversal' }),
  'a normalization of each step': on(5, 37).add({
    op: 'layerNormalization',
    epsilon: 1e-3,
    gamma: randomNumbers(37),
    beta: randomNumbers(37),
  }),
  ...Object.fromEntries(
    [true, false].flatMap(returnsSequences =>
      (['lstm', 'gru', 'simpleRnn'] as const).map(cell => [
        `${cell}, ${returnsSequences ? 'all outputs' : 'the last output'}`,
        recurrence(cell, 21, returnsSequences),
      ]),
    ),
  ),
}

/** Over a sequence of 6 steps. */
function recurrence(
  cell: 'lstm' | 'gru' | 'simpleRnn',
  units: number,
  returnsSequences: boolean,
): GraphBuilder {
  const columns = { lstm: 4, gru: 3, simpleRnn: 1 }[cell] * units
  const graph = on(6, 4).dense(columns, LINEAR, 0.5)
  return graph.add({
    op: 'recurrence',
    cell,
    units,
    returnsSequences,
    shape: returnsSequences ? [6, units] : [units],
    recurrentKernel: randomNumbers(units * columns, 0.3),
    ...(cell === 'gru' && { stateBias: randomNumbers(columns) }),
  })
}

for (const activation of ACTIVATIONS)
  GRAPHS[`${activation.name} after a sum of ${activation.name}`] = on(3, 7, 5)
    .convolution(6, [1, 1], { activation })
    .add({
      op: 'affine',
      shift: Float32Array.of(0),
      scale: Float32Array.of(9),
      offset: Float32Array.of(0),
      activation,
    })
    .add({ op: 'activation', activation })

export const CASES: Readonly<Record<string, Graph>> = Object.fromEntries(
  Object.entries(GRAPHS).map(([name, { nodes }]) => [name, { nodes }]),
)
