import { parseArgs } from 'node:util'
import type { TrainingState } from '#formats/checkpoint.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { preprocessingFor } from '#formats/preprocessing.ts'
import { resolveNetwork } from '#network/network.ts'
import type { PresetName } from '#network/presets/preset-names.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { randomStream } from '#network/random.ts'
import { elementCount } from '#network/shape.ts'
import { median } from '#test/support/median.ts'
import { writeSection } from '#test/support/write-section.ts'
import { normaliser } from '#workers/data/batch-tensors.ts'
import { wholeSplit } from '#workers/data/examples.ts'
import { rowsInOrder } from '#workers/data/rows.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { modelFromNetwork } from '#workers/layers/from-network.ts'
import { zeroSkippingLayers } from '#workers/layers/zero-skipping.ts'
import { grda } from '#workers/optimizers/grda.ts'
import { heldPipeline, stepsPerCall } from '#workers/training/input-pipeline.ts'
import { objectiveFor } from '#workers/training/losses.ts'
import { TrainState } from '#workers/training/train-state.ts'
import { drawVariables } from '#workers/training/weights.ts'

// The processor time of a training step on one thread when sparse layers leave out the zeros, against the same step without that:
//   npm run bench -- sparse-step [--workload vgg16 ...] [--sparsity 0.95 ...] [--rounds 7] [--threads 1] [--dry]
// Both start from the same state of gRDA, and take steps alternately. With several threads, times are elapsed times.

const { values: options } = parseArgs({
  options: {
    workload: { type: 'string', multiple: true },
    sparsity: { type: 'string', multiple: true, default: ['0.8', '0.9', '0.95', '0.98'] },
    rounds: { type: 'string', default: '7' },
    threads: { type: 'string', default: '1' },
    dry: { type: 'boolean', default: false },
  },
})

interface Workload {
  preset: PresetName
  batchSize: number
  /** Steps in a round. */
  steps: number
}

const WORKLOADS: readonly Workload[] = [
  { preset: 'mnist-mlp', batchSize: 128, steps: 80 },
  { preset: 'cifar10-cnn', batchSize: 64, steps: 4 },
  { preset: 'vgg16', batchSize: 32, steps: 1 },
  { preset: 'wrn-28-10', batchSize: 16, steps: 1 },
]

/**
 * `threshold`: one threshold for all weights of their initial scales, as gRDA has, prunes wide layers most. `equal`: every kernel has the
 * sparsity.
 */
const PATTERNS = ['threshold', 'equal'] as const
type Pattern = (typeof PATTERNS)[number]

/** Late in a training, when a step hardly changes the threshold. */
const STEP = 100_000
const LEARNING_RATE = 1e-4

await openEngine('native', Number(options.threads))
const rows: string[] = []
for (const workload of WORKLOADS.filter(({ preset }) => options.workload?.includes(preset) ?? true)) {
  for (const pattern of PATTERNS) {
    const cells = options.sparsity.map(sparsity => describe(workload, pattern, Number(sparsity)))
    rows.push(`| ${[`${workload.preset} b${workload.batchSize}`, pattern, ...cells].join(' | ')} |`)
    console.log(rows.at(-1))
  }
}
const header = ['', 'sparsity of layers', ...options.sparsity.map(value => `${100 * Number(value)} %`)]
const body = `\`npm run bench -- sparse-step\`: milliseconds of a step of gRDA without and with products that leave out zeros, in brackets
their ratio and the number of layers that leave out zeros; ${options.threads} ${options.threads === '1' ? 'thread' : 'threads'}, medians of ${options.rounds} alternating rounds. \`threshold\`: one threshold
prunes weights that have their initial scales, so wide layers are sparser than narrow ones; \`equal\`: all kernels are equally sparse.

| ${header.join(' | ')} |
| ${header.map(() => '---').join(' | ')} |
${rows.join('\n')}`
if (options.dry) console.log(body)
else
  await writeSection(
    `A training step that leaves out zeros${options.threads === '1' ? '' : `, on ${options.threads} threads`}`,
    body,
  )

/** Milliseconds without and with sparse products, and their ratio. */
function describe(workload: Workload, pattern: Pattern, sparsity: number): string {
  const { begin, nextBatches, layers } = prepare(workload, pattern, sparsity)
  const [dense, sparse] = [begin(), begin()]
  sparse.skipZeros(layers)
  const times = Array.from({ length: Number(options.rounds) + 1 }, () =>
    [dense, sparse].map(state => {
      const startedAt = now()
      for (const batch of nextBatches(workload.steps)) state.step(batch)
      return (now() - startedAt) / workload.steps
    }),
  ).slice(1) as [number, number][]
  for (const state of [dense, sparse]) state.end()
  const [before, after] = [0, 1].map(peer => median(times.map(pair => pair[peer]!)).toFixed(1))
  const ratio = median(times.map(([long, short]) => long / short)).toFixed(2)
  return `${before} / ${after} (${ratio}, ${layers.size})`
}

/** The milliseconds that this process has computed, or those that have elapsed if it has several threads. */
function now(): number {
  const { user, system } = process.cpuUsage()
  return options.threads === '1' ? (user + system) / 1000 : performance.now()
}

function prepare({ preset, batchSize }: Workload, pattern: Pattern, sparsity: number) {
  const topology = PRESET_TOPOLOGIES[preset]
  const network = resolveNetwork(topology)
  const pace = { batchSize, stepsPerCall: stepsPerCall(network, batchSize) }
  const count = pace.stepsPerCall * batchSize
  const random = randomStream(1, 'bench', preset)
  const x = Uint8Array.from({ length: count * elementCount(topology.inputShape) }, () => random.below(256))
  const labels = Uint8Array.from({ length: count }, () => random.below(10))
  const split = wholeSplit({ x, labels, count })
  const layout = { inputShape: topology.inputShape, dtype: 'uint8', targets: undefined } as const
  const functions = {
    model: modelFromNetwork(network),
    optimizer: grda({ c: 0, mu: 0.6, clock: 'steps' }, () => LEARNING_RATE),
    objective: objectiveFor('categoricalCrossentropy'),
    normalise: normaliser(preprocessingFor(undefined, 1 / 255), layout),
  }
  const { params, statistics } = drawVariables(network, 1)
  const { accumulator, l1 } = pruned(params!, pattern, sparsity)
  const variables = { accumulator, ...(statistics && { statistics }) }
  const start: TrainingState = { clock: { step: STEP, time: STEP * LEARNING_RATE, l1 }, variables }
  const pipeline = heldPipeline(layout, { training: split, validation: split }, pace)
  const sparsities = new Map(accumulator.map(({ name, data }) => [name, shareWithin(data, l1)]))
  return {
    begin: () => new TrainState(functions, start, { network, pipeline, seed: 1 }),
    nextBatches: (steps: number) =>
      rowsInOrder(
        Uint32Array.from({ length: steps * batchSize }, (_, i) => i % batchSize),
        pace,
      ),
    layers: zeroSkippingLayers(network, sparsities, { batchSize, examples: Number.POSITIVE_INFINITY }),
  }
}

/** The accumulator of gRDA from drawn weights, and the threshold at which its kernels have the sparsity. */
function pruned(params: readonly FloatTensor[], pattern: Pattern, sparsity: number) {
  const kernels = params.filter(({ name }) => name.endsWith('/kernel'))
  const l1 = quantile(
    kernels.flatMap(({ data }) => [data]),
    sparsity,
  )
  const scaleOf = ({ name, data }: FloatTensor) =>
    pattern === 'equal' && name.endsWith('/kernel') ? l1 / quantile([data], sparsity) : 1
  const accumulator = params.map(tensor => {
    const scale = scaleOf(tensor)
    return { ...tensor, data: tensor.data.map(value => value * scale) }
  })
  return { accumulator, l1 }
}

/** The magnitude that a share of the numbers does not exceed, from a sample of them. */
function quantile(parts: readonly Float32Array[], share: number): number {
  const sample = parts.flatMap(data =>
    Array.from(
      data.filter((_, i) => i % 7 === 0),
      Math.abs,
    ),
  )
  return Float64Array.from(sample).sort()[Math.floor(share * sample.length)]!
}

function shareWithin(data: Float32Array, limit: number): number {
  return data.reduce((sum, value) => sum + (Math.abs(value) <= limit ? 1 : 0), 0) / data.length
}
