import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Thresher } from '@thresher/client'
import { download } from '@thresher/client/files'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import type { Evaluation } from './demo/evaluate-file.ts'
import { runService } from './demo/run-service.ts'
import { watch } from './demo/watch.ts'

// The main use case: train a dense network and a sparse one of the same architecture, download the sparse one, verify and evaluate it.
const SPARSITY = 0.99
const JOB = {
  model: { preset: 'mnist-lenet' },
  schedule: { name: 'constant' },
  epochs: 6,
  artifacts: ['sparseZst', 'safetensors'],
}
const DENSE = { ...JOB, name: 'demo, dense', optimizer: { name: 'sgd', learningRate: 0.05 } }
const SPARSE = {
  ...JOB,
  name: 'demo, sparse',
  optimizer: { name: 'grda', learningRate: 0.05, c: 0.01, mu: 0.6 },
  finish: { prune: { sparsity: SPARSITY }, fineTune: { epochs: 4 } },
}
const DATA_DIR = '.thresher/demo'

const service = await runService(DATA_DIR)
try {
  console.log(`\nThresher listens on ${service.url}\n`)
  const dense = await train('LeNet on all 60,000 digits, dense, with SGD', DENSE)
  const sparse = await train(
    `The same network with gRDA, which prunes during training; then cut to ${percent(SPARSITY, 0)} zeros and trained on the rest`,
    SPARSE,
  )
  const pruned = sparse.series.findLast(({ phase }) => phase === 'train')!
  const file = join(DATA_DIR, 'model.sparse.safetensors.zst')
  const { sha256, sizeBytes } = await download(
    new Thresher({ url: service.url }),
    { jobId: sparse.id, name: 'model.sparse.safetensors.zst' },
    file,
  )
  console.log(`Downloaded ${file}, sha256 ${sha256.slice(0, 16)}... verified\n`)
  const evaluated = await evaluate(file, sparse.engine)
  console.table({
    'dense, SGD': row(dense.metrics.validationAccuracy!, nonzeroOf(dense.metrics), dense.metrics.denseBytes),
    gRDA: row(pruned.validationAccuracy!, nonzeroOf(pruned), pruned.sparseBytes),
    'gRDA, cut and tuned (from the file)': row(evaluated.accuracy, evaluated.nonzero, sizeBytes),
  })
  const share = percent(1 - evaluated.nonzero / evaluated.parameters)
  const ratio = Math.round(dense.metrics.denseBytes / sizeBytes)
  console.log(
    `${share} of ${evaluated.parameters.toLocaleString('en')} weights are exactly zero; the file is ${ratio} times smaller.`,
  )
  console.log(
    `\nTo see both in the dashboard: DATA_DIR=${DATA_DIR} npm start, then open http://127.0.0.1:3000/ui/`,
  )
} finally {
  await service.stop()
}

/** Submits a job and shows it in the terminal. */
async function train(title: string, request: object) {
  console.log(title)
  const answer = await fetch(`${service.url}/v1/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  })
  const job = (await answer.json()) as { id: string }
  if (answer.status !== 201) throw new Error(`the job was refused: ${JSON.stringify(job)}`)
  const { status, engine, series } = await watch(service.url, job.id)
  const metrics = series.at(-1)
  if (status !== 'succeeded' || !metrics) throw new Error(`the job has ${status}`)
  console.log()
  return { id: job.id, metrics, series, engine }
}

/** Evaluates the file in a separate process that has only the file. TensorFlow's messages on stderr are ignored. */
async function evaluate(file: string, engine: string): Promise<Evaluation> {
  const entry = new URL(import.meta.resolve('#scripts/demo/evaluate-file.ts'))
  const child = fork(entry, [file, engine], { stdio: ['ignore', 'inherit', 'ignore', 'ipc'] })
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the file could not be evaluated: the process ended with ${code}`)
  })
  const [evaluation] = await Promise.race([once(child, 'message'), failed])
  failed.catch(() => {})
  return evaluation
}

function row(accuracy: number, nonzero: number, bytes: number) {
  return {
    'test accuracy': percent(accuracy),
    'non-zero weights': nonzero.toLocaleString('en'),
    bytes: bytes.toLocaleString('en'),
  }
}

function nonzeroOf({ layers }: EpochMetrics): number {
  return layers.reduce((sum, { nonzero }) => sum + nonzero, 0)
}

function percent(share: number, digits = 2): string {
  return `${(100 * share).toFixed(digits)} %`
}
