import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { JobRequest } from '#domain/training-spec.ts'
import { estimateMemory } from '#jobs/memory-estimate.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { chooseEngine } from '#workers/engine/choose-engine.ts'
import { RunnerProcess } from '#workers/supervisor/runner-process.ts'

// The accuracy of the estimate that decides which worker may start a job, compared with the peak memory of real runners:
//   npm run bench -- memory-estimate [--large]     --large adds models of 100 and 250 million parameters: 12 GB, many minutes

const SHORT = { epochs: 2, validation: { fraction: 0.9 } }
const GRDA = { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.6 }
const SYNTHETIC = { dataset: { id: 'synthetic-cifar10' } }

const CASES: Readonly<Record<string, object>> = {
  'mnist-mlp': { model: { preset: 'mnist-mlp' } },
  'mnist-lenet': { model: { preset: 'mnist-lenet' } },
  'mnist-lenet, batch 8192': { model: { preset: 'mnist-lenet' }, batchSize: 8192 },
  'cifar10-cnn': { ...SYNTHETIC, model: { preset: 'cifar10-cnn' }, batchSize: 100 },
  'cifar10-cnn, batch 1024': { ...SYNTHETIC, model: { preset: 'cifar10-cnn' }, batchSize: 1024 },
  'dense 19M, grda': dense(4000, GRDA),
  'dense 19M, four artifacts': {
    ...dense(4000, GRDA),
    artifacts: ['sparse', 'safetensors', 'keras', 'onnx'],
  },
  'dense 19M, grda for whole channels': dense(4000, { ...GRDA, group: 'outputChannels' }),
  'dense 19M, sgd': dense(4000, { name: 'sgd', learningRate: 0.1 }),
  'dense 19M, momentum': dense(4000, { name: 'sgd', learningRate: 0.1, momentum: 0.9 }),
  'dense 19M, adagrad': dense(4000, { name: 'adagrad', learningRate: 0.01 }),
  'dense 19M, rmsprop': dense(4000, { name: 'rmsprop', learningRate: 0.001 }),
  'dense 19M, adam': dense(4000, { name: 'adam', learningRate: 0.001 }),
  ...(process.argv.includes('--large') && {
    'dense 98M, grda': { ...dense(9500, GRDA), epochs: 1 },
    'dense 246M, grda': { ...dense(15_300, GRDA), epochs: 1 },
  }),
}

const { engine } = await chooseEngine('auto')
const rows: string[] = []
for (const [name, request] of Object.entries(CASES).filter(([name]) => /19M, (grda|adagrad)/.test(name))) {
  const { spec } = resolveSpec(JobRequest.parse({ ...SHORT, ...request }))
  const estimate = estimateMemory(spec)
  const peak = await peakOf(spec)
  rows.push(
    `| ${[name, inMegabytes(estimate), inMegabytes(peak), (estimate / peak).toFixed(2)].join(' | ')} |`,
  )
  console.log(rows.at(-1))
}

async function peakOf(spec: Parameters<typeof estimateMemory>[0]): Promise<number> {
  const scratch = await mkdtemp(join(tmpdir(), 'thresher-bench-'))
  const runner = new RunnerProcess(engine, Number.MAX_SAFE_INTEGER)
  try {
    for await (const message of runner.perform({ type: 'train', task: { spec, scratch, series: [] } })) {
      if (message.type === 'done') return message.peakMemoryBytes
    }
    throw new Error(`The runner ended with ${await runner.ended}: ${runner.stderrTail}`)
  } finally {
    await rm(scratch, { recursive: true })
  }
}

/** Two equal hidden layers on MNIST: about units² parameters. */
function dense(units: number, optimizer: object): object {
  const layers = [
    { class_name: 'Flatten', config: { name: 'flatten', batch_input_shape: [null, 28, 28, 1] } },
    { class_name: 'Dense', config: { name: 'dense_1', units, activation: 'relu' } },
    { class_name: 'Dense', config: { name: 'dense_2', units, activation: 'relu' } },
    { class_name: 'Dense', config: { name: 'out', units: 10, activation: 'softmax' } },
  ]
  const topology = { class_name: 'Sequential', config: { name: 'dense', layers } }
  return { model: { topology }, dataset: { id: 'mnist' }, optimizer, batchSize: 512 }
}

function inMegabytes(bytes: number): string {
  return Math.round(bytes / 1e6).toLocaleString('en')
}
