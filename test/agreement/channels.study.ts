import { appendFile, readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { JobRequest } from '#domain/training-spec.ts'
import type { Checkpoint } from '#formats/checkpoint.ts'
import { compactModel } from '#formats/compact-model.ts'
import { countNonzero } from '#formats/cuttable-model.ts'
import { modelFromCheckpoint, type TrainedModel } from '#formats/trained-model.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { structureOf } from '#network/channels/structure.ts'
import { pruningEpochs } from '#optimization/target-plan.ts'
import { writeSection } from '#test/support/write-section.ts'
import type { Splits } from '#workers/data/examples.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { evaluateModel } from '#workers/training/evaluate-model.ts'
import { trainPhases } from '#workers/training/train-phases.ts'

// The accuracy of gRDA with a threshold for whole output channels beside gRDA with one for single weights, over the multiply-adds of the
// smaller dense network that is left when channels that do nothing are removed. Both train for the same number of epochs, the last of them only the
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
      'whole channels': [0.006, 0.01, 0.015, 0.02, 0.025],
      'single weights': [0.01, 0.015, 0.02, 0.03, 0.04],
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
  /** Channels that are left, by layers that have fewer. */
  channels: Record<string, number>
  /** After the removal of the other channels. Multiply-adds are of one example. */
  parameters: number
  multiplyAdds: number
  /** The largest difference between the predictions of the network and of the smaller one, over the test split. */
  difference: number
}

type Measured = Omit<Row, 'preset' | 'method' | 'c' | 'seed'>

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

async function train({ method, c, seed }: Pick<Row, 'method' | 'c' | 'seed'>): Promise<Measured> {
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
  const splits = await loadSplits(spec)
  const signal = new AbortController().signal
  let checkpoint: Checkpoint | undefined
  for await (const item of trainPhases(spec, splits, signal))
    if (item.type === 'checkpoint') checkpoint = item.checkpoint
  const model = modelFromCheckpoint(spec, checkpoint!)
  const compact = compactModel(model)
  const [whole, smaller] = [await evaluated(model, splits), await evaluated(compact, splits)]
  const { layers, parameters, multiplyAdds } = structureOf(model.topology, compact.topology, compact.removed)
  return {
    validationAccuracy: whole.accuracy,
    sparsity: 1 - countNonzero(model.weights) / parameters.before,
    channels: Object.fromEntries(layers.map(({ layer, channels }) => [layer, channels.after])),
    parameters: parameters.after,
    multiplyAdds: multiplyAdds.after,
    difference: Math.max(...whole.outputs.map((output, i) => Math.abs(output - smaller.outputs[i]!))),
  }
}

async function evaluated(model: TrainedModel, { validation }: Splits) {
  const outputs: number[] = []
  const means = await evaluateModel(model, validation, new AbortController().signal, (_, predicted) => {
    outputs.push(...predicted.outputs)
  })
  return { accuracy: means.metrics.correct!, outputs }
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
    `Accuracy on the test split after ${EPOCHS} epochs, the last ${EPOCHS - pruningEpochs(EPOCHS)} on the weights that are left. Channels, parameters and multiply-adds are those of the smaller dense network of the query structure=compact, whose predictions differ by at most ${Math.max(...rows.map(({ difference }) => difference)).toExponential(1)}. The last column is the accuracy of single weights with the same seed at these multiply-adds, interpolated linearly in their logarithm.`,
    '',
    '| threshold for | seed | c | zeros | channels left | parameters | multiply-adds | accuracy | single weights at as many |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...sorted.map(row => {
      const other = row.method === 'whole channels' ? interpolated(row) : undefined
      const cells = [
        row.method,
        row.seed,
        row.c,
        `${percent(row.sparsity)} %`,
        Object.entries(row.channels)
          .map(([layer, left]) => `${layer} ${left}`)
          .join(', '),
        row.parameters,
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
