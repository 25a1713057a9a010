import { appendFile, readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { topologyOf } from '#domain/topology-of.ts'
import { JobRequest } from '#domain/training-spec.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { type Network, resolveNetwork } from '#network/network.ts'
import { pruningEpochs } from '#optimization/target-plan.ts'
import { writeSection } from '#test/support/write-section.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { trainPhases } from '#workers/training/train-phases.ts'

// The accuracy of gRDA with a threshold for whole output channels beside gRDA with one for single weights, over the multiply-adds of the
// dense network that is left when channels without effect are removed. Both train for the same number of epochs, the last of them only the
// weights that are left:
//   npm run study -- channels [--preset mnist-lenet] [--seeds 1,2] [--rows F]
// Jobs that are in the JSON lines of the file F are not repeated.
const { values: options } = parseArgs({
  options: {
    preset: { type: 'string', default: 'mnist-lenet' },
    seeds: { type: 'string', default: '1,2' },
    rows: { type: 'string' },
  },
})

const EPOCHS = 10
const SETTINGS: Record<string, { learningRate: number; scales: Record<Method, number[]> }> = {
  'mnist-lenet': {
    learningRate: 0.05,
    scales: {
      'whole channels': [0.004, 0.006, 0.01, 0.015, 0.02],
      'single weights': [0.01, 0.02, 0.04, 0.06, 0.08],
    },
  },
  'mnist-mlp': {
    learningRate: 0.3,
    scales: {
      'whole channels': [0.002, 0.003, 0.005, 0.01],
      'single weights': [0.002, 0.005, 0.01, 0.02, 0.03],
    },
  },
}
type Method = 'whole channels' | 'single weights'
const METHODS: readonly Method[] = ['whole channels', 'single weights']

interface Row {
  preset: string
  method: Method
  c: number
  seed: number
  validationAccuracy: number
  sparsity: number
  /** Channels that are left, by layer. */
  channels: Record<string, number>
  /** Of one example, after the removal of the other channels. */
  multiplyAdds: number
}

await openEngine('native')
const { learningRate, scales } = SETTINGS[options.preset]!
const known = options.rows ? await readRows(options.rows) : []
const rows: Row[] = []
for (const seed of options.seeds.split(',').map(Number))
  for (const method of METHODS) for (const c of scales[method]) await measure({ method, c, seed })
await writeSection(`Whole channels on ${options.preset}`, report())

async function measure(job: Pick<Row, 'method' | 'c' | 'seed'>): Promise<void> {
  const place = { preset: options.preset, ...job }
  const isSame = (row: Row) =>
    Object.entries(place).every(([field, value]) => row[field as keyof Row] === value)
  const row = known.find(isSame) ?? { ...place, ...(await train(job)) }
  rows.push(row)
  console.log(JSON.stringify(row))
  if (options.rows && !known.includes(row)) await appendFile(options.rows, `${JSON.stringify(row)}\n`)
}

async function train({ method, c, seed }: Pick<Row, 'method' | 'c' | 'seed'>) {
  const group = method === 'whole channels' ? 'outputChannels' : undefined
  const pruning = pruningEpochs(EPOCHS)
  const request = {
    model: { preset: options.preset },
    seed,
    schedule: { name: 'constant' },
    optimizer: { name: 'grda', learningRate, mu: 0.6, c, ...(group && { group }) },
    epochs: pruning,
    finish: { fineTune: { epochs: EPOCHS - pruning } },
  }
  const { spec } = resolveSpec(JobRequest.parse(request))
  const network = resolveNetwork(topologyOf(spec.model))
  let result: Omit<Row, 'preset' | 'method' | 'c' | 'seed'> | undefined
  for await (const item of trainPhases(spec, await loadSplits(spec), new AbortController().signal))
    if (item.type === 'epoch') {
      const { validationAccuracy, sparsity } = item.metrics
      result = { validationAccuracy: validationAccuracy!, sparsity, ...afterRemoval(network, item.weights) }
    }
  return result!
}

/** A layer with a kernel in a sequential network, and the channels of its output that are left. */
interface Stage {
  name: string
  kernel: Float32Array
  inputs: number
  outputs: number
  /** Multiply-adds for one pair of an input and an output channel. */
  perPair: number
  left: Set<number>
}

/**
 * What is left of a sequential network without the channels that have no effect: those without weights from channels that are left, which
 * are constant, and those whose weights to the next layer are all zero.
 */
function afterRemoval(
  network: Network,
  weights: readonly FloatTensor[],
): Pick<Row, 'channels' | 'multiplyAdds'> {
  const stages = stagesOf(network, weights)
  const all = (count: number) => new Set(Array(count).keys())
  for (let changed = true; changed; ) {
    changed = false
    for (const [index, stage] of stages.entries()) {
      const inputs = stages[index - 1]?.left ?? all(stage.inputs)
      const next = stages[index + 1]
      for (const channel of stage.left) {
        const hasInput = [...inputs].some(input => isConnected(stage, input, channel))
        const hasOutput = !next || [...next.left].some(output => isConnected(next, channel, output))
        if (next && !(hasInput && hasOutput)) changed = stage.left.delete(channel) || changed
      }
    }
  }
  const channels = Object.fromEntries(stages.slice(0, -1).map(({ name, left }) => [name, left.size]))
  const multiplyAdds = stages.reduce(
    (sum, { inputs, perPair, left }, index) =>
      sum + perPair * (stages[index - 1]?.left.size ?? inputs) * left.size,
    0,
  )
  return { channels, multiplyAdds }
}

/** The kernel is [before, input channels, outputs], where the positions of a flattened image count as before. */
function isConnected({ kernel, inputs, outputs }: Stage, input: number, output: number): boolean {
  for (let row = input; row < kernel.length / outputs; row += inputs)
    if (kernel[row * outputs + output] !== 0) return true
  return false
}

function stagesOf({ placed }: Network, weights: readonly FloatTensor[]): Stage[] {
  const stages: Stage[] = []
  for (const { layer, outputShape } of placed) {
    const tensor = weights.find(({ name }) => name === `${layer.name}/kernel`)
    if (!tensor) continue
    const outputs = tensor.shape.at(-1)!
    const inputs = stages.at(-1)?.outputs ?? (layer.type === 'conv2d' ? 1 : tensor.data.length / outputs)
    const pixels = layer.type === 'conv2d' ? outputShape[0]! * outputShape[1]! : 1
    const perPair = (pixels * tensor.data.length) / (inputs * outputs)
    const left = new Set(Array(outputs).keys())
    stages.push({ name: layer.name, kernel: tensor.data, inputs, outputs, perPair, left })
  }
  return stages
}

async function readRows(file: string): Promise<Row[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.split('\n').flatMap(line => (line ? [JSON.parse(line)] : []))
}

function report(): string {
  const percent = (share: number) => (100 * share).toFixed(2)
  const sorted = rows.toSorted(
    (a, b) => METHODS.indexOf(a.method) - METHODS.indexOf(b.method) || a.seed - b.seed || a.c - b.c,
  )
  return [
    `Accuracy on the test split after ${EPOCHS} epochs, the last ${EPOCHS - pruningEpochs(EPOCHS)} on the weights that are left. Channels and multiply-adds are those of the dense network without the channels that have no effect. The last column is the accuracy of single weights with the same seed at these multiply-adds, interpolated linearly in their logarithm.`,
    '',
    '| threshold for | seed | c | zeros | channels left | multiply-adds | accuracy | single weights at as many |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...sorted.map(row => {
      const other = row.method === 'whole channels' ? interpolated(row) : undefined
      const cells = [
        row.method,
        row.seed,
        row.c,
        `${percent(row.sparsity)} %`,
        Object.values(row.channels).join(' '),
        row.multiplyAdds,
        `${percent(row.validationAccuracy)} %`,
        other === undefined ? '' : `${percent(other)} %`,
      ]
      return `| ${cells.join(' | ')} |`
    }),
  ].join('\n')
}

function interpolated({ seed, multiplyAdds }: Row): number | undefined {
  const points = rows
    .filter(row => row.method === 'single weights' && row.seed === seed)
    .toSorted((a, b) => a.multiplyAdds - b.multiplyAdds)
  const above = points.findIndex(row => row.multiplyAdds >= multiplyAdds)
  if (above < 1) return undefined
  const [low, high] = [points[above - 1]!, points[above]!]
  const part = Math.log(multiplyAdds / low.multiplyAdds) / Math.log(high.multiplyAdds / low.multiplyAdds)
  return low.validationAccuracy + part * (high.validationAccuracy - low.validationAccuracy)
}
