import { appendFile, readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { JobRequest } from '#domain/training-spec.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import { defaultTuning } from '#optimization/finish.ts'
import { OptimizerSpec } from '#optimization/optimizer-spec.ts'
import { pruningEpochs } from '#optimization/target-plan.ts'
import { writeSection } from '#test/support/write-section.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { trainPhases } from '#workers/training/train-phases.ts'

// The accuracy of jobs with a target, beside gRDA with a constant c and dense training whose weights are cut, with and without fine-tuning,
// all with the same number of epochs:
//   npm run study -- targets [--preset mnist-mlp] [--seeds 1,2,3] [--methods 'target;dense, cut'] [--sparsities 0.98,0.99] [--rows F]
// Jobs that are in the JSON lines of the file F are not repeated.
const { values: options } = parseArgs({
  options: {
    preset: { type: 'string', default: 'mnist-mlp' },
    seeds: { type: 'string', default: '1,2,3' },
    methods: { type: 'string' },
    sparsities: { type: 'string' },
    rows: { type: 'string' },
  },
})

interface Setting {
  learningRate: number
  /** The constant c whose weights are cut and fine-tuned. */
  c: number
  /** The constant c that ends near a sparsity by itself. */
  tuned: Record<number, number>
}

const SETTINGS: Record<string, Setting> = {
  'mnist-mlp': {
    learningRate: 0.3,
    c: 0.002,
    tuned: { 0.8: 0.00147, 0.9: 0.00221, 0.95: 0.00355, 0.98: 0.00639, 0.99: 0.0099 },
  },
  'mnist-lenet': { learningRate: 0.05, c: 0.01, tuned: { 0.98: 0.0183, 0.99: 0.0297 } },
}
const EPOCHS = 10
const { learningRate, c, tuned } = SETTINGS[options.preset]!
const grda = { name: 'grda', learningRate, mu: 0.6 }
const sgd = { name: 'sgd', learningRate }
const tuning = defaultTuning(OptimizerSpec.parse({ ...grda, c })).optimizer
const pruning = pruningEpochs(EPOCHS)
const fineTune = { epochs: EPOCHS - pruning, optimizer: tuning }

/** The fields of a job that ends at a sparsity. */
const METHODS: Record<string, (sparsity: number) => object> = {
  target: sparsity => ({ optimizer: grda, epochs: EPOCHS, target: { sparsity } }),
  'constant c, cut, fine-tuned': sparsity => ({
    optimizer: { ...grda, c },
    epochs: pruning,
    finish: { prune: { sparsity }, fineTune },
  }),
  'constant c for this sparsity': sparsity => ({
    optimizer: { ...grda, c: tuned[sparsity] },
    epochs: EPOCHS,
    finish: { prune: { sparsity, rule: 'threshold' } },
  }),
  'dense, cut, fine-tuned': sparsity => ({
    optimizer: sgd,
    epochs: pruning,
    finish: { prune: { sparsity }, fineTune },
  }),
  'dense, cut': sparsity => ({ optimizer: sgd, epochs: EPOCHS, finish: { prune: { sparsity } } }),
}
/** The same without any zeros. */
const DENSE: Record<string, object> = {
  dense: { optimizer: sgd, epochs: EPOCHS },
  'dense, fine-tuned': { optimizer: sgd, epochs: pruning, finish: { fineTune } },
}

interface Row {
  preset: string
  method: string
  seed: number
  /** Absent: without zeros. */
  sparsity?: number
  validationAccuracy: number
  achieved: number
}

await openEngine('native')
const wanted = options.methods?.split(';') ?? [...Object.keys(DENSE), ...Object.keys(METHODS)]
const methods = Object.keys(METHODS).filter(method => wanted.includes(method))
const denseMethods = Object.keys(DENSE).filter(method => wanted.includes(method))
const sparsities = options.sparsities?.split(',').map(Number) ?? Object.keys(tuned).map(Number).sort()
const known = options.rows ? await readRows(options.rows) : []
const rows: Row[] = []
for (const seed of options.seeds.split(',').map(Number)) {
  for (const method of denseMethods) await measure({ method, seed }, DENSE[method]!)
  for (const sparsity of sparsities)
    for (const method of methods) await measure({ method, seed, sparsity }, METHODS[method]!(sparsity))
}
await writeSection(`Targets on ${options.preset}`, report())

async function measure(job: Pick<Row, 'method' | 'seed' | 'sparsity'>, fields: object): Promise<void> {
  const place = { preset: options.preset, ...job }
  const isSame = (row: Row) =>
    Object.entries(place).every(([field, value]) => row[field as keyof Row] === value) &&
    row.sparsity === job.sparsity
  const row = known.find(isSame) ?? { ...place, ...(await train(fields, job.seed)) }
  rows.push(row)
  console.log(JSON.stringify(row))
  if (options.rows && !known.includes(row)) await appendFile(options.rows, `${JSON.stringify(row)}\n`)
}

async function train(fields: object, seed: number) {
  const request = { model: { preset: options.preset }, seed, schedule: { name: 'constant' }, ...fields }
  const { spec } = resolveSpec(JobRequest.parse(request))
  let last: EpochMetrics | undefined
  for await (const item of trainPhases(spec, await loadSplits(spec), new AbortController().signal))
    if (item.type === 'epoch') last = item.metrics
  return { validationAccuracy: last!.validationAccuracy!, achieved: last!.sparsity }
}

async function readRows(file: string): Promise<Row[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.split('\n').flatMap(line => (line ? [JSON.parse(line)] : []))
}

function report(): string {
  const meanOf = (method: string, sparsity?: number) => {
    const found = rows.filter(row => row.method === method && row.sparsity === sparsity)
    const mean = found.reduce((sum, row) => sum + row.validationAccuracy, 0) / found.length
    return (100 * mean).toFixed(2)
  }
  const heads = sparsities.map(sparsity => `${100 * sparsity} %`)
  return [
    `Accuracy in per cent on the test split after ${EPOCHS} epochs, means of the seeds ${options.seeds}. Every sparsity is exact.`,
    '',
    `| method | ${heads.join(' | ')} |`,
    `| --- |${' --- |'.repeat(sparsities.length)}`,
    ...methods.map(method => `| ${method} | ${sparsities.map(s => meanOf(method, s)).join(' | ')} |`),
    '',
    ...denseMethods.map(method => `Without zeros, ${method}: ${meanOf(method)}.`),
  ].join('\n')
}
