import * as tf from '@tensorflow/tfjs-core'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { resolveNetwork } from '#network/network.ts'
import { randomStream } from '#network/random.ts'
import { elementCount } from '#network/shape.ts'
import type { Topology } from '#network/topology.ts'
import { drawVariables } from '#workers/training/weights.ts'

const dense = {
  type: 'dense',
  activation: 'tanh',
  kernelInitializer: 'glorotUniform',
  biasInitializer: 'zeros',
} as const
const logits = { ...dense, name: 'logits', units: 3, activation: 'linear' } as const

const embedding = {
  type: 'embedding',
  name: 'words',
  inputDim: 7,
  outputDim: 3,
  embeddingsInitializer: { name: 'randomUniform', minval: -0.5, maxval: 0.5 },
} as const
const recurrent = {
  units: 4,
  returnSequences: false,
  direction: 'forward',
  kernelInitializer: 'glorotUniform',
  recurrentInitializer: { name: 'orthogonal', gain: 1 },
} as const
const biasInitializer = 'zeros'

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
    layers: [embedding, { type: 'flatten', name: 'flat' }, logits],
  },
  'an LSTM over embedded tokens': {
    inputShape: [5],
    layers: [
      embedding,
      { type: 'lstm', name: 'lstm', ...recurrent, biasInitializer: 'forgetGateOnes' },
      logits,
    ],
  },
  'a stack of LSTMs, one of them backwards': {
    inputShape: [3, 3],
    layers: [
      { type: 'lstm', name: 'first', ...recurrent, biasInitializer, returnSequences: true },
      {
        type: 'lstm',
        name: 'second',
        ...recurrent,
        biasInitializer,
        returnSequences: true,
        direction: 'backward',
      },
      { type: 'layerNormalization', name: 'norm', epsilon: 1e-3 },
      { type: 'lstm', name: 'third', ...recurrent, biasInitializer, direction: 'backward' },
      logits,
    ],
  },
  'an LSTM without biases': {
    inputShape: [2, 3],
    layers: [{ type: 'lstm', name: 'lstm', ...recurrent }, logits],
  },
  'a stack of GRUs, one of them backwards': {
    inputShape: [3, 3],
    layers: [
      { type: 'gru', name: 'first', ...recurrent, biasInitializer, returnSequences: true },
      { type: 'gru', name: 'second', ...recurrent, returnSequences: true, direction: 'backward' },
      { type: 'gru', name: 'third', ...recurrent, biasInitializer },
      logits,
    ],
  },
  'a stack of simple recurrent layers': {
    inputShape: [3, 3],
    layers: [
      { type: 'simpleRnn', name: 'first', ...recurrent, biasInitializer, returnSequences: true },
      { type: 'simpleRnn', name: 'second', ...recurrent },
      logits,
    ],
  },
  'an encoder whose last output a decoder takes at every step': {
    inputShape: [4, 3],
    layers: [
      { type: 'lstm', name: 'encoder', ...recurrent, biasInitializer },
      { type: 'repeatVector', name: 'code', times: 3 },
      { type: 'simpleRnn', name: 'decoder', ...recurrent, returnSequences: true },
      { type: 'flatten', name: 'flat' },
      logits,
    ],
  },
  'a stack of layers that go both ways': {
    inputShape: [3, 3],
    layers: [
      {
        type: 'lstm',
        name: 'first',
        ...recurrent,
        biasInitializer,
        returnSequences: true,
        direction: 'both',
      },
      { type: 'gru', name: 'second', ...recurrent, biasInitializer, direction: 'both' },
      logits,
    ],
  },
}
const BATCH = 6

/** Weights of some seed, none at a place where gradients vanish, and a batch. */
export function arrangeNetwork(topology: Topology) {
  const random = randomStream(11, 'test')
  const { params, statistics = [] } = drawVariables(resolveNetwork(topology), 3)
  const move = (weight: FloatTensor) => ({
    ...weight,
    data: weight.data.map(value => value + 0.1 * random.next()),
  })
  const [first] = topology.layers
  const draw = first?.type === 'embedding' ? () => random.below(first.inputDim) : () => random.normal()
  const values = Float32Array.from({ length: BATCH * elementCount(topology.inputShape) }, draw)
  return {
    params: params!.map(move),
    statistics: statistics.map(move),
    x: tf.tensor(values, [BATCH, ...topology.inputShape]),
    labels: tf.tensor1d([0, 1, 2, 2, 1, 0], 'int32'),
    seed: tf.tensor1d([-5, 9], 'int32'),
  }
}
