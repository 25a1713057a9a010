import * as tf from '@tensorflow/tfjs-core'
import type { Topology } from '#domain/model-spec.ts'
import { randomStream } from '#domain/random.ts'
import { elementCount } from '#domain/shape.ts'
import type { Weight } from '#formats/named-tensor.ts'
import { drawVariables } from '#workers/weights.ts'

const dense = {
  type: 'dense',
  activation: 'tanh',
  kernelInitializer: 'glorotUniform',
  biasInitializer: 'zeros',
} as const
const logits = { ...dense, name: 'logits', units: 3, activation: 'linear' } as const

/** Small networks over tables and sequences with every layer that is made for those. */
export const SEQUENCE_NETWORKS: Record<string, Topology> = {
  'an MLP over a table': {
    inputShape: [7],
    layers: [
      { ...dense, name: 'hidden', units: 6 },
      { type: 'layerNormalization', name: 'norm', epsilon: 1e-3 },
      { ...dense, name: 'second', units: 5 },
      { type: 'batchNormalization', name: 'batch', momentum: 0.9, epsilon: 1e-3 },
      logits,
    ],
  },
  'an MLP over each step': {
    inputShape: [4, 5],
    layers: [
      { ...dense, name: 'hidden', units: 6 },
      { type: 'layerNormalization', name: 'norm', epsilon: 1e-3 },
      { ...dense, name: 'second', units: 2 },
      { type: 'batchNormalization', name: 'batch', momentum: 0.9, epsilon: 1e-3 },
      { type: 'flatten', name: 'flat' },
      logits,
    ],
  },
  'an MLP over embedded tokens': {
    inputShape: [4],
    layers: [
      {
        type: 'embedding',
        name: 'words',
        inputDim: 7,
        outputDim: 3,
        embeddingsInitializer: { name: 'randomUniform', minval: -0.5, maxval: 0.5 },
      },
      { type: 'flatten', name: 'flat' },
      logits,
    ],
  },
}
const BATCH = 6

/** Weights of some seed, none at a place where gradients vanish, and a batch. */
export function arrangeNetwork(topology: Topology) {
  const random = randomStream(11, 'test')
  const { params, statistics = [] } = drawVariables(topology, 3)
  const move = (weight: Weight) => ({
    ...weight,
    data: weight.data.map(value => value + 0.1 * random.next()),
  })
  const [first] = topology.layers
  const draw = first?.type === 'embedding' ? () => random.below(first.inputDim) : random.normal
  const values = Float32Array.from({ length: BATCH * elementCount(topology.inputShape) }, draw)
  return {
    params: params!.map(move),
    statistics: statistics.map(move),
    x: tf.tensor(values, [BATCH, ...topology.inputShape]),
    labels: tf.tensor1d([0, 1, 2, 2, 1, 0], 'int32'),
    seed: tf.tensor1d([-5, 9], 'int32'),
  }
}
