import { randomStream } from '#network/random.ts'

/** A training whose exports are held against its predictions: each brings preprocessing, an output and layers of another kind. */
export interface ExportCase {
  name: string
  x: Float32Array | Uint8Array
  /** Of all examples. */
  shape: readonly number[]
  /** Classes as int32, targets as float32. */
  y: Int32Array | Float32Array
  normalize?: { mean: number[]; std: number[] }
  loss: string
  topology: object
}

const COUNT = 120
const random = randomStream(7, 'exports', 0)
const draw = <Numbers extends Float32Array | Uint8Array | Int32Array>(
  numbers: Numbers,
  value: (index: number) => number,
) => {
  for (let index = 0; index < numbers.length; index++) numbers[index] = value(index)
  return numbers
}

const layer = (class_name: string, name: string, config: object = {}) => ({
  class_name,
  config: { name, ...config },
})
const sequential = (shape: readonly number[], ...layers: object[]) => ({
  class_name: 'Sequential',
  config: { layers: [layer('InputLayer', 'examples', { batch_shape: [null, ...shape] }), ...layers] },
})
const taking = (from: string[], { class_name, config }: ReturnType<typeof layer>) => ({
  class_name,
  config,
  inbound_nodes: [from.map(name => [name, 0, 0, {}])],
})

const classes = (count: number) => draw(new Int32Array(COUNT), index => index % count)

/** Every pixel is brighter by its image's class. */
const images = (length: number, count: number, step: number) =>
  draw(new Uint8Array(COUNT * length), index => {
    const label = Math.floor(index / length) % count
    return 40 + step * label + random.below(80)
  })

/** Far from zero, each column on a scale of its own: only what is normalised first keeps its digits. */
const COLUMNS = { mean: [1e5, -3, 0.002, 700], std: [2.5, 40, 1e-4, 90] }
const table = draw(new Float32Array(COUNT * 4), index => {
  const column = index % 4
  const label = Math.floor(index / 4) % 3
  return COLUMNS.mean[column]! + COLUMNS.std[column]! * (random.normal() + label - 1)
})
/** Deviations below those that Keras's Normalization takes, and numbers of more than 32 bits. */
const EXTREMES = { mean: [0.25e-9, 3e12], std: [1e-9, 2e11] }
const STEPS = 6
const series = draw(new Float32Array(COUNT * STEPS), index => 20 + 3 * (index % STEPS) + random.normal())

export const EXPORT_CASES: readonly ExportCase[] = [
  {
    name: 'colour images, normalised by channel, a network that ends in a Softmax',
    x: images(6 * 6 * 3, 3, 50),
    shape: [COUNT, 6, 6, 3],
    y: classes(3),
    normalize: { mean: [0.48, 0.45, 0.4], std: [0.22, 0.23, 0.25] },
    loss: 'categoricalCrossentropy',
    topology: sequential(
      [6, 6, 3],
      layer('Conv2D', 'rescaling', { filters: 4, kernel_size: [3, 3], activation: 'relu' }),
      layer('BatchNormalization', 'normalization'),
      layer('Conv2D', 'softmax', { filters: 3, kernel_size: [2, 2] }),
      layer('GlobalAveragePooling2D', 'mean'),
      layer('Softmax', 'probabilities'),
    ),
  },
  {
    name: 'grey images without channels, one output for two classes',
    x: images(5 * 4, 2, 60),
    shape: [COUNT, 5, 4, 1],
    y: classes(2),
    loss: 'binaryCrossentropy',
    topology: sequential(
      [5, 4],
      layer('Flatten', 'pixels'),
      layer('Dense', 'side', { units: 1 }),
      layer('Activation', 'probability', { activation: 'sigmoid' }),
    ),
  },
  {
    name: 'a table, normalised by column, taken twice by the network',
    x: table,
    shape: [COUNT, 4],
    y: classes(3),
    normalize: COLUMNS,
    loss: 'sparseCategoricalCrossentropy',
    topology: {
      class_name: 'Functional',
      config: {
        layers: [
          { ...layer('InputLayer', 'columns', { batch_shape: [null, 4] }), inbound_nodes: [] },
          taking(['columns'], layer('Dense', 'hidden', { units: 4, activation: 'tanh' })),
          taking(['columns', 'hidden'], layer('Add', 'sum')),
          taking(['sum'], layer('Dense', 'answer', { units: 3, activation: 'softmax' })),
        ],
        input_layers: [['columns', 0, 0]],
        output_layers: [['answer', 0, 0]],
      },
    },
  },
  {
    name: 'a table of extremes, several outputs of which each is one class or not',
    x: draw(new Float32Array(COUNT * 2), index => {
      const label = Math.floor(index / 2) % 3
      return EXTREMES.mean[index % 2]! + EXTREMES.std[index % 2]! * (random.normal() + label - 1)
    }),
    shape: [COUNT, 2],
    y: classes(3),
    normalize: EXTREMES,
    loss: 'binaryCrossentropy',
    topology: sequential([2], layer('Dense', 'answers', { units: 3, activation: 'sigmoid' })),
  },
  {
    name: 'tokens that are embedded',
    x: draw(new Float32Array(COUNT * 5), index => (random.below(6) + 4 * Math.floor(index / 5)) % 12),
    shape: [COUNT, 5],
    y: classes(3),
    loss: 'categoricalCrossentropy',
    topology: sequential(
      [5],
      layer('Embedding', 'words', { input_dim: 12, output_dim: 4 }),
      layer('LSTM', 'reader', { units: 5 }),
      layer('Dense', 'answer', { units: 3, activation: 'softmax' }),
    ),
  },
  {
    name: 'a series, normalised by step, whose network takes one number a step and predicts numbers',
    x: series,
    shape: [COUNT, STEPS],
    y: draw(new Float32Array(COUNT * 2), index => {
      const [example, target] = [Math.floor(index / 2), index % 2]
      const step = target === 0 ? STEPS - 1 : STEPS - 2
      return series[example * STEPS + step]! - 20 - 3 * step
    }),
    normalize: { mean: [20, 23, 26, 29, 32, 35], std: [1.1] },
    loss: 'meanSquaredError',
    topology: sequential(
      [STEPS, 1],
      layer('SimpleRNN', 'reader', { units: 6 }),
      layer('Dense', 'numbers', { units: 2 }),
    ),
  },
]
