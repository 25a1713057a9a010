import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { EngineName } from '#workers/engine/engine.ts'
import { download } from './demo/download.ts'
import { evaluateFile } from './demo/evaluate-file.ts'
import { runService } from './demo/run-service.ts'
import { watch } from './demo/watch.ts'

// The main job as a user would run it: submit, watch, download, verify, evaluate, and compare dense with sparse.
const EPOCHS = 5
const JOB = {
  name: 'demo',
  model: { preset: 'mnist-mlp' },
  epochs: EPOCHS,
  artifacts: ['sparse', 'safetensors'],
}
const SPARSE = { ...JOB, optimizer: { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.65 } }
const DENSE = { ...JOB, name: 'demo, dense', optimizer: { name: 'sgd', learningRate: 0.1 } }
const DATA_DIR = resolve('.thresher/demo')

const service = await runService(DATA_DIR)
try {
  console.log(`\nThresher listens on ${service.url}\n`)
  const dense = await train('The yardstick: plain SGD on all 60,000 digits', DENSE)
  const sparse = await train('The same network with gRDA, which prunes while it learns', SPARSE)
  const file = join(DATA_DIR, 'model.sparse.safetensors')
  await writeFile(file, sparse.bytes)
  console.log(`Downloaded ${file}, sha256 ${sparse.sha256.slice(0, 16)}... as promised\n`)
  const evaluated = await evaluateFile(sparse.bytes, sparse.engine)
  console.table({
    'dense, SGD': {
      'test accuracy': percent(dense.metrics.validationAccuracy),
      'non-zero weights': dense.metrics.layers
        .reduce((sum, { nonzero }) => sum + nonzero, 0)
        .toLocaleString('en'),
      bytes: dense.metrics.denseBytes.toLocaleString('en'),
    },
    'sparse, gRDA (from the file)': {
      'test accuracy': percent(evaluated.accuracy),
      'non-zero weights': evaluated.nonzero.toLocaleString('en'),
      bytes: sparse.bytes.length.toLocaleString('en'),
    },
  })
  const share = percent(1 - evaluated.nonzero / evaluated.parameters)
  const ratio = (dense.metrics.denseBytes / sparse.bytes.length).toFixed(1)
  console.log(
    `${share} of ${evaluated.parameters.toLocaleString('en')} weights are exactly zero; the file is ${ratio} times smaller.`,
  )
  console.log(`\nTo look around: DATA_DIR=${DATA_DIR} npm start, then http://127.0.0.1:3000/docs`)
} finally {
  await service.stop()
}

/** Submits a job, shows it in the terminal and fetches its sparse checkpoint. */
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
  const artifact = await download(`${service.url}/v1/jobs/${job.id}/artifacts/model.sparse.safetensors`)
  return { metrics, engine: engine as EngineName, ...artifact }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`
}
