import { fork } from 'node:child_process'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { download } from '#src/client/download.ts'
import type { Evaluation } from './demo/evaluate-file.ts'
import { runService } from './demo/run-service.ts'
import { watch } from './demo/watch.ts'

// The main use case: submit, watch, download, verify and evaluate a sparse job, and compare it with a dense one.
const EPOCHS = 10
const JOB = {
  name: 'demo',
  model: { preset: 'mnist-mlp' },
  epochs: EPOCHS,
  artifacts: ['sparse', 'safetensors'],
}
const SPARSE = { ...JOB, optimizer: { name: 'grda', learningRate: 0.3, c: 0.002, mu: 0.6 } }
const DENSE = { ...JOB, name: 'demo, dense', optimizer: { name: 'sgd', learningRate: 0.3 } }
const DATA_DIR = '.thresher/demo'

const service = await runService(DATA_DIR)
try {
  console.log(`\nThresher listens on ${service.url}\n`)
  const dense = await train('The baseline: plain SGD on all 60,000 digits', DENSE)
  const sparse = await train('The same network with gRDA, which prunes during training', SPARSE)
  const file = join(DATA_DIR, 'model.sparse.safetensors')
  const sha256 = await download(
    `${service.url}/v1/jobs/${sparse.id}/artifacts/model.sparse.safetensors`,
    file,
  )
  const { size } = await stat(file)
  console.log(`Downloaded ${file}, sha256 ${sha256.slice(0, 16)}... verified\n`)
  const evaluated = await evaluate(file, sparse.engine)
  console.table({
    'dense, SGD': {
      'test accuracy': percent(dense.metrics.validationAccuracy!),
      'non-zero weights': dense.metrics.layers
        .reduce((sum, { nonzero }) => sum + nonzero, 0)
        .toLocaleString('en'),
      bytes: dense.metrics.denseBytes.toLocaleString('en'),
    },
    'sparse, gRDA (from the file)': {
      'test accuracy': percent(evaluated.accuracy),
      'non-zero weights': evaluated.nonzero.toLocaleString('en'),
      bytes: size.toLocaleString('en'),
    },
  })
  const share = percent(1 - evaluated.nonzero / evaluated.parameters)
  const ratio = (dense.metrics.denseBytes / size).toFixed(1)
  console.log(
    `${share} of ${evaluated.parameters.toLocaleString('en')} weights are exactly zero; the file is ${ratio} times smaller.`,
  )
  console.log(`\nTo explore the service: DATA_DIR=${DATA_DIR} npm start, then http://127.0.0.1:3000/docs`)
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
  const { status, engine, metrics } = await watch(service.url, job.id)
  if (status !== 'succeeded' || !metrics) throw new Error(`the job has ${status}`)
  console.log()
  return { id: job.id, metrics, engine }
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

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`
}
