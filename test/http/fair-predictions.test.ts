import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { topologyOf } from '#domain/topology-of.ts'
import type { JobRequest, TrainingSpec } from '#domain/training-spec.ts'
import { digestWeights, encodeCheckpoint } from '#formats/checkpoint.ts'
import { trainingText } from '#formats/model-metadata.ts'
import { resolveNetwork } from '#network/network.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import type { Topology } from '#network/topology.ts'
import { childrenOf } from '#test/support/children-of.ts'
import { finishedJob } from '#test/support/finished-job.ts'
import { keyOf } from '#test/support/key-of.ts'
import { type Api, startApi } from '#test/support/start-api.ts'
import { drawVariables } from '#workers/training/weights.ts'

const initializers = { kernelInitializer: 'glorotUniform', biasInitializer: 'zeros' }
const products = { activation: 'linear', ...initializers }
const convolution = { type: 'conv2d', filters: 32, kernelSize: 3, padding: 'same', ...products }
const CLASSES = [
  { type: 'flatten', name: 'flat' },
  { type: 'dense', name: 'classes', units: 10, ...products },
]
const optimizer = { name: 'sgd', learningRate: 0.1, momentum: 0, nesterov: false } as const
const REQUEST = { dataset: { id: 'mnist' }, optimizer }
const named = (count: number, layer: object) =>
  Array.from({ length: count }, (_, index) => ({ ...layer, name: `layer${index}` }))
/** The large images of the network, from small ones in the request. */
const enlarge = { type: 'upSampling2d', name: 'enlarge', size: 4 }
const networkOf = (layers: object[]) =>
  ({ inputShape: [28, 28, 1], layers: [enlarge, ...layers, ...CLASSES] }) as Topology
/** 256 examples take minutes. */
const SLOW = networkOf(named(100, convolution))
/** It has no products that an estimate of the work counts. */
const UNCOUNTED = networkOf(named(200, { type: 'maxPooling2d', poolSize: 27, strides: 1, padding: 'same' }))
const FAST = PRESET_TOPOLOGIES['mnist-mlp']

function fileOf(spec: TrainingSpec): Uint8Array {
  const { params } = drawVariables(resolveNetwork(topologyOf(spec.model)), 1)
  const state = { clock: { step: 1 }, variables: { params: params! } }
  return encodeCheckpoint(
    { state, weights: digestWeights(params!), epoch: 1 },
    { training: trainingText(spec), engine: 'test' },
  )
}

let api: Api
let slowAnswers: Promise<number>[] = []
beforeEach(async () => {
  api = await startApi({ adminKey: 'the-key-of-the-operator' })
  slowAnswers = []
})
// Ends the processes of the predictions in progress.
afterEach(async () => {
  await api.children.close()
  await api.stop()
  for (const status of slowAnswers) assert.equal(await status, 503)
})

/** The models of a new tenant. @returns a function that asks one of them for predictions, and gives the status */
async function newTenant(): Promise<(topology: Topology, examples?: number) => Promise<number>> {
  const tenant = `tenant-${randomUUID()}`
  const { id: keyId, headers } = await keyOf(api.stores, { tenant })
  const stores = api.stores.of({ tenant, keyId })
  const image = Array.from({ length: 28 }, () => new Array(28).fill([7]))
  return async (topology, examples = 1) => {
    const request = { ...REQUEST, model: { topology } } as Partial<JobRequest>
    const { id } = await finishedJob(stores, request, fileOf)
    const { status } = await fetch(`${api.url}/v1/jobs/${id}/predict`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ inputs: Array.from({ length: examples }, () => image) }),
    })
    return status
  }
}

const processes = () => childrenOf(process.pid, 'predict-process').length

/** Asks for two predictions that take minutes, and waits until one has begun. */
async function predictSlowly(predict: Awaited<ReturnType<typeof newTenant>>, topology: Topology) {
  const before = processes()
  slowAnswers.push(predict(topology, 256), predict(topology, 256))
  while (processes() === before) assert.equal(await beforeSlow(setTimeout(50, 'waiting')), 'waiting')
}

/** What a promise gives, unless a slow prediction is answered before. */
const beforeSlow = async (answer: Promise<unknown>) =>
  await Promise.race([answer, ...slowAnswers.map(async slow => `slow: ${await slow}`)])

describe('slow predictions', () => {
  it('leave one process to other tenants, also if two tenants ask for them', async () => {
    const other = await newTenant()
    for (const predict of [await newTenant(), await newTenant()]) await predictSlowly(predict, SLOW)
    assert.equal(await beforeSlow(other(FAST)), 200)
  })

  it('of which the work is not known in advance leave it too', async () => {
    const other = await newTenant()
    await predictSlowly(await newTenant(), UNCOUNTED)
    assert.equal(await beforeSlow(other(FAST)), 200)
  })

  it('leave one process to the fast ones of the same tenant', async () => {
    const predict = await newTenant()
    await predictSlowly(predict, SLOW)
    assert.equal(await beforeSlow(predict(FAST)), 200)
  })
})
