import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { resolveNetwork } from '#network/network.ts'
import type { Topology } from '#network/topology.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { modelFromNetwork } from '#workers/layers/from-network.ts'
import { LinearPieces } from '#workers/layers/linear-pieces.ts'
import { drawVariables, toTensors } from '#workers/training/weights.ts'

await openEngine('native')

const kernelInitializer = 'glorotUniform'
const image = { kernelSize: 3, padding: 'same', kernelInitializer, biasInitializer: 'zeros' }
const activated = (activation: string) => ({ type: 'activation', name: activation, activation })

/** Layers between images of 5 x 5 pixels and two channels and a dense layer, by what they are. */
const NETWORKS: Record<string, object[]> = {
  'a rectified convolution before a max pool whose last windows are not whole': [
    { type: 'conv2d', name: 'convolved', filters: 3, activation: 'relu', ...image },
    { type: 'maxPooling2d', name: 'pooled', poolSize: 2, padding: 'same' },
    { type: 'flatten', name: 'flat' },
  ],
  'a max pool whose windows overlap': [
    { type: 'maxPooling2d', name: 'pooled', poolSize: 3, strides: 2 },
    { type: 'flatten', name: 'flat' },
  ],
  'a rectified batch normalization before a global max pool': [
    {
      type: 'batchNormalization',
      name: 'normalised',
      momentum: 0.9,
      epsilon: 1e-3,
    },
    activated('relu'),
    { type: 'globalMaxPooling2d', name: 'pooled' },
  ],
  'each piecewise linear activation': [
    {
      type: 'depthwiseConv2d',
      name: 'depthwise',
      depthMultiplier: 1,
      activation: 'relu6',
      strides: 1,
      ...image,
    },
    activated('leakyRelu'),
    activated('hardSigmoid'),
    activated('keras2HardSigmoid'),
    { type: 'leakyRelu', name: 'sloped', slope: 0.3 },
    { type: 'flatten', name: 'flat' },
  ],
}

/** Outputs and gradients of `sum(outputs)`, as one record of numbers. */
function valuesOf({ logits, pullback }: ReturnType<ReturnType<typeof modelFromNetwork>>) {
  const gradients = pullback(tf.onesLike(logits))
  return Object.entries({ logits, ...gradients }).map(
    ([name, tensor]) => [name, [...tensor.dataSync()]] as const,
  )
}

describe('a pass on the linear pieces of an earlier one', () => {
  for (const [name, layers] of Object.entries(NETWORKS))
    it(`has the outputs and the gradients of ${name} at the same weights`, () => {
      const out = {
        type: 'dense',
        name: 'out',
        units: 2,
        activation: 'linear',
        kernelInitializer,
      }
      const network = resolveNetwork({ inputShape: [5, 5, 2], layers: [...layers, out] } as Topology)
      const model = modelFromNetwork(network)
      const { params, statistics = [] } = drawVariables(network, 3)
      const variables = toTensors([...params!, ...statistics])
      const x = tf.randomNormal([4, 5, 5, 2], 0, 3, 'float32', 7)
      const usual = valuesOf(model(variables, x))
      const pieces = new LinearPieces()
      for (const pass of ['first', 'second']) {
        const values = valuesOf(model(variables, x, undefined, pieces))
        for (const [index, [variable, numbers]] of values.entries())
          for (const [at, value] of numbers.entries()) {
            const expected = usual[index]![1][at]!
            assert.ok(
              Math.abs(value - expected) <= 1e-5 * Math.max(1, Math.abs(expected)),
              `${variable}, ${pass} pass: ${value} instead of ${expected}`,
            )
          }
      }
    })
})
