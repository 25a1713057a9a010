import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { JobRequest } from '#domain/training-spec.ts'
import { decodeSparseSafetensors } from '#formats/sparse-safetensors.ts'
import { planJob } from '#jobs/plan-job.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { failureOf } from '#workers/runner/failure-of.ts'
import { runTask } from '#workers/runner/run-task.ts'
import type { RunnerReport } from '#workers/runner/runner-protocol.ts'
import { type Epoch, train } from '#workers/training/loop.ts'

const engine = await openEngine('native')

const FEW = { validation: { fraction: 0.9 }, batchSize: 100 }
const GRDA = { name: 'grda', learningRate: 0.1, c: 0.02, mu: 0.6 }

function specOf(request: object) {
  return resolveSpec(JobRequest.parse({ model: { preset: 'mnist-mlp' }, optimizer: GRDA, ...request })).spec
}

async function epochsOf(
  request: object,
  signal = new AbortController().signal,
  readEvery?: number,
): Promise<Epoch[]> {
  const spec = specOf(request)
  const epochs: Epoch[] = []
  for await (const item of train(spec, await loadSplits(spec), signal, undefined, readEvery)) {
    if (item.type === 'epoch') epochs.push(item)
  }
  return epochs
}

/** Runs a task as a runner does. */
async function resultOf(
  request: object,
): Promise<{ reports: RunnerReport[]; files: Map<string, Uint8Array> }> {
  const scratch = await mkdtemp(join(tmpdir(), 'thresher-test-'))
  const reports: RunnerReport[] = []
  await runTask(
    { spec: specOf(request), scratch, series: [] },
    engine,
    new AbortController().signal,
    async item => {
      reports.push(item)
    },
  )
  const files = new Map<string, Uint8Array>()
  for (const item of reports) {
    if (item.type === 'artifact') files.set(item.name, await readFile(join(scratch, item.name)))
  }
  await rm(scratch, { recursive: true })
  return { reports, files }
}

test('an MLP learns a tenth of the digits while its weights become sparse', async () => {
  const before = tf.memory().numTensors
  const epochs = await epochsOf({ ...FEW, epochs: 4 })
  const [first, last] = [epochs[0]!.metrics, epochs.at(-1)!.metrics]
  assert.deepEqual(
    epochs.map(({ metrics: { epoch, step } }) => [epoch, step]),
    [1, 2, 3, 4].map(epoch => [epoch, epoch * 60]),
  )
  assert.ok(last.validationAccuracy! > 0.85, `accuracy ${last.validationAccuracy}`)
  assert.ok(last.trainLoss < first.trainLoss)
  assert.ok(last.sparsity > first.sparsity && last.sparsity > 0.3, `sparsity ${last.sparsity}`)
  assert.equal(tf.memory().numTensors, before)
})

test('the counts in the metrics of an epoch are those of its weights', async () => {
  const [first, second] = await epochsOf({ ...FEW, epochs: 2 })
  const { metrics, weights } = second!
  weights.forEach(({ name, shape, data }, i) => {
    const nonzero = data.filter(value => value !== 0).length
    assert.deepEqual(metrics.layers[i], { name, shape, size: data.length, nonzero })
  })
  const zeros = weights.flatMap(({ data }) => [...data]).filter(value => value === 0).length
  assert.equal(metrics.sparsity, zeros / 407_050)
  const kernelZeros = [0, 2].flatMap(i => [...weights[i]!.data]).filter(value => value === 0).length
  assert.ok(Math.abs(metrics.weightSparsity - kernelZeros / (784 * 512 + 5120)) < 1e-12)
  const earlier = first!.weights.flatMap(({ data }) => [...data])
  const regrown = weights.flatMap(({ data }) => [...data]).filter((w, i) => w !== 0 && earlier[i] === 0)
  assert.equal(metrics.regrown, regrown.length)
  assert.equal(first!.metrics.regrown, 0)
})

test('the threshold is the planned one, and prunes the share of initial weights that the dry run forecasts', async () => {
  const request = { optimizer: { name: 'grda', learningRate: 0.005, c: 0.02, mu: 0.7 }, epochs: 1 }
  const [epoch] = await epochsOf(request)
  const [planned] = planJob(specOf(request)).epochs
  assert.ok(Math.abs(epoch!.metrics.threshold! / planned!.threshold! - 1) < 1e-12)
  assert.equal(epoch!.metrics.learningRate, planned!.learningRate)
  assert.ok(Math.abs(epoch!.metrics.sparsity / planned!.forecastSparsity! - 1) < 0.03)
})

test('a schedule changes the learning rate at its epoch, and SGD has no threshold', async () => {
  const epochs = await epochsOf({
    ...FEW,
    optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true },
    schedule: { name: 'multiStep', at: [2], factor: 0.1 },
    epochs: 2,
  })
  assert.deepEqual(
    epochs.map(({ metrics }) => metrics.learningRate.toPrecision(6)),
    ['0.100000', '0.0100000'],
  )
  assert.ok(epochs.every(({ metrics }) => !('threshold' in metrics) && metrics.sparsity < 0.01))
  assert.ok(epochs[1]!.metrics.validationAccuracy! > 0.9)
})

test('the same spec gives the same bytes, and another seed gives other bytes', async () => {
  const request = { ...FEW, epochs: 1, artifacts: ['sparse', 'safetensors'] }
  const first = await resultOf(request)
  assert.deepEqual([...first.files.keys()].sort(), [
    'metrics.csv',
    'model.safetensors',
    'model.sparse.safetensors',
  ])
  const second = await resultOf({ ...request, name: 'again', labels: { second: 'time' } })
  for (const name of ['model.safetensors', 'model.sparse.safetensors']) {
    assert.deepEqual(second.files.get(name), first.files.get(name))
  }
  const other = await resultOf({ ...request, seed: 2 })
  assert.notDeepEqual(other.files.get('model.safetensors'), first.files.get('model.safetensors'))
})

test('the sparse file holds the last weights under their names, and nothing that depends on time or machine', async () => {
  const { reports, files } = await resultOf({ ...FEW, epochs: 1 })
  const bytes = files.get('model.sparse.safetensors')!
  const epoch = reports.find(item => item.type === 'epoch')
  const { tensors, metadata } = decodeSparseSafetensors(bytes)
  assert.equal(bytes.length, epoch?.metrics.sparseBytes)
  assert.deepEqual(tensors.map(({ name }) => name).sort(), [
    'dense_1/bias',
    'dense_1/kernel',
    'dense_2/bias',
    'dense_2/kernel',
  ])
  assert.deepEqual(Object.keys(metadata).sort(), [
    'classes',
    'layout',
    'outputActivation',
    'preprocessing',
    'topology',
    'training',
  ])
  assert.deepEqual(Object.keys(JSON.parse(metadata.training!)).sort(), [
    'augmentation',
    'batchSize',
    'dataset',
    'epochs',
    'loss',
    'model',
    'optimizer',
    'schedule',
    'seed',
    'shuffle',
    'validation',
  ])
})

test('a kernel that becomes all zeros gives one warning', async () => {
  const { reports } = await resultOf({ ...FEW, epochs: 2, optimizer: { ...GRDA, c: 100 } })
  const warnings = reports.filter(item => item.type === 'warning').map(({ warning }) => warning)
  assert.deepEqual(
    warnings.map(({ code, path }) => [code, path]),
    [
      ['dead_layer', 'dense_1/kernel'],
      ['dead_layer', 'dense_2/kernel'],
    ],
  )
})

test('a loss that is not a number ends the training and names its step', async () => {
  const dataset = { id: 'mnist', normalize: { mean: [0], std: [1e-30] } }
  const error = await epochsOf({ ...FEW, dataset, epochs: 1 }).catch((thrown: Error) => thrown)
  assert.match(String(error), /Diverged: The loss became NaN in step \d\./)
  assert.equal(failureOf(error).code, 'diverged')
})

test('a divergence names the same step when outcomes are read many at once', async () => {
  const optimizer = { name: 'sgd', learningRate: 1000 }
  const dataset = { id: 'mnist', normalize: { mean: [0], std: [1e-4] } }
  for (const readEvery of [1, 32]) {
    const diverging = epochsOf({ ...FEW, dataset, optimizer, epochs: 1 }, undefined, readEvery)
    // In the middle of a call of four steps, from two to five.
    await assert.rejects(diverging, /The loss became NaN in step 4\. No longer finite: dense_1/)
  }
})

test('an aborted training ends with the reason of the signal', async () => {
  const stopping = new AbortController()
  stopping.abort(new Error('enough'))
  await assert.rejects(epochsOf({ ...FEW, epochs: 1 }, stopping.signal), /enough/)
})

test('a failed allocation in TensorFlow is not an internal error', () => {
  const error = new Error(
    'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[4194304,4194304] and type float on /job:localhost',
  )
  assert.equal(failureOf(error).code, 'out_of_memory')
  assert.equal(failureOf(new TypeError('x is not a function')).code, 'internal')
})
