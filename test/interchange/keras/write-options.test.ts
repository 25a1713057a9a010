import assert from 'node:assert/strict'
import { it } from 'node:test'
import { functionalConfig } from '#interchange/keras/layers-config.ts'
import type { Topology } from '#network/topology.ts'

const kernel = { activation: 'linear', kernelInitializer: 'glorotUniform', padding: 'same' } as const

const NETWORK: Topology = {
  inputShape: [4, 4, 2],
  layers: [
    { type: 'conv2d', name: 'plain', filters: 2, kernelSize: 3, ...kernel },
    { type: 'depthwiseConv2d', name: 'depthwise', kernelSize: 3, depthMultiplier: 1, ...kernel },
    {
      type: 'separableConv2d',
      name: 'separable',
      filters: 2,
      kernelSize: 3,
      depthMultiplier: 1,
      pointwiseInitializer: 'glorotUniform',
      ...kernel,
    },
    { type: 'conv2dTranspose', name: 'transposed', filters: 2, kernelSize: 3, ...kernel },
  ],
}

/** A finished job's files are made again on request; a resumed download compares their digests. */
it('the options of convolutions keep the order of earlier versions, so that a file made again has the same bytes', () => {
  const { layers } = functionalConfig(NETWORK, 'keras')
  const options = layers.map(({ name, config }) => [name, Object.keys(config).join(' ')])
  assert.deepEqual(options.slice(1), [
    ['plain', 'name trainable dtype filters kernel_size strides padding data_format activation use_bias'],
    [
      'depthwise',
      'name trainable dtype kernel_size strides padding depth_multiplier data_format activation use_bias',
    ],
    [
      'separable',
      'name trainable dtype kernel_size strides padding depth_multiplier data_format activation use_bias filters',
    ],
    [
      'transposed',
      'name trainable dtype filters kernel_size strides padding activation use_bias data_format',
    ],
  ])
})
