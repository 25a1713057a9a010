import { describe, it } from 'node:test'
import type { TrainedModel } from '#formats/trained-model.ts'
import { openRuntimeModel } from '#interchange/runtime/open-runtime-model.ts'
import { resolveNetwork } from '#network/network.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { randomStream } from '#network/random.ts'
import type { Topology } from '#network/topology.ts'
import { newJob } from '#test/support/new-job.ts'
import { assertClose, normalised, predict, softmax, someInputs, somePixels } from '#test/support/predict.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { drawVariables } from '#workers/training/weights.ts'
import { NETWORKS } from '../workers/layers/networks.ts'

await openEngine('native')

const BATCH = 5
const SPEC = newJob().spec
/** Examples enter the network, and its outputs leave it, as they are. */
const BARE = { ...SPEC, dataset: { ...SPEC.dataset, scale: 'none' }, loss: 'meanSquaredError' } as const
const NORMALISED = { ...SPEC, dataset: { ...SPEC.dataset, normalize: { mean: [0.5], std: [0.25] } } }

/** A model with random weights, most of them zero as after a training with gRDA, and random statistics. */
function sparseModel(topology: Topology, spec: TrainedModel['spec']): TrainedModel {
  const { params, statistics = [] } = drawVariables(resolveNetwork(topology), 1)
  const random = randomStream(1, 'statistics', 1)
  const thinned = (data: Float32Array) => data.map(value => (random.next() < 0.8 ? 0 : value))
  return {
    spec,
    topology,
    weights: params!.map(tensor => (tensor.shape.length > 1 ? { ...tensor, data: thinned(tensor.data) } : tensor)),
    statistics: statistics.map(tensor => ({ ...tensor, data: tensor.data.map(value => value + random.next()) })),
    step: 1,
  }
}

describe('the runtime predicts what TensorFlow predicts', () => {
  const networks = { ...NETWORKS, 'cifar10-cnn': PRESET_TOPOLOGIES['cifar10-cnn'] }
  for (const [name, topology] of Object.entries(networks))
    it(`with the network ${name}, sparse and dense`, async () => {
      const model = sparseModel(topology, BARE)
      const inputs = someInputs(topology, BATCH)
      const expected = predict(model, inputs, BATCH)
      for (const kernels of ['auto', 'dense'] as const) {
        const runtime = await openRuntimeModel(model, kernels)
        assertClose(runtime.predict(inputs), expected)
        runtime.dispose()
      }
    })

  it('with preprocessing and output activation', async () => {
    const topology = PRESET_TOPOLOGIES['mnist-lenet']
    const model = sparseModel(topology, NORMALISED)
    const pixels = somePixels(topology.inputShape, BATCH)
    const logits = predict(model, normalised(pixels, NORMALISED), BATCH)
    const runtime = await openRuntimeModel(model)
    assertClose(runtime.predict(pixels), softmax(logits, BATCH))
    runtime.dispose()
  })
})
