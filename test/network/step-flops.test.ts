import assert from 'node:assert/strict'
import { it } from 'node:test'
import { resolveNetwork } from '#network/network.ts'
import { stepFlops } from '#network/step-flops.ts'
import type { LayerSpec } from '#network/topology.ts'

const kernel = { activation: 'linear', kernelInitializer: 'zeros' } as const
const same = { padding: 'same', ...kernel } as const
const dense = { type: 'dense', units: 5, ...kernel } as const
const recurrent = {
  units: 5,
  returnSequences: false,
  direction: 'forward',
  kernelInitializer: 'zeros',
  recurrentInitializer: 'zeros',
} as const

type Case = [what: string, inputShape: number[], layers: LayerSpec[], flops: number]

/**
 * A multiplication and its addition are two operations. A product costs as much again for the gradient at its kernel, and once more for the
 * gradient at its input unless that depends on the examples only.
 */
const CASES: Case[] = [
  ['a dense layer from 10 to 5', [10], [{ name: 'a', ...dense }], 2 * (2 * 10 * 5)],
  ['a dense layer over each of 4 steps', [4, 10], [{ name: 'a', ...dense }], 2 * (4 * 2 * 10 * 5)],
  [
    'a second dense layer, whose input has a gradient',
    [10],
    [
      { name: 'a', ...dense },
      { name: 'b', ...dense, units: 3 },
    ],
    2 * (2 * 10 * 5) + 3 * (2 * 5 * 3),
  ],
  [
    // 4 x 4 x 6 outputs, each of a window of 3 x 3 x 4.
    'a 3 x 3 convolution of 8 x 8 x 4 to 6 channels at stride 2',
    [8, 8, 4],
    [{ name: 'a', type: 'conv2d', filters: 6, kernelSize: 3, strides: 2, ...same }],
    2 * (4 * 4 * 6) * (2 * 3 * 3 * 4),
  ],
  [
    // 4 x 4 x 8 outputs, each of a window of 3 x 3 over one channel.
    'a 3 x 3 depthwise convolution of 8 x 8 x 4 with multiplier 2 at stride 2',
    [8, 8, 4],
    [{ name: 'a', type: 'depthwiseConv2d', kernelSize: 3, strides: 2, depthMultiplier: 2, ...same }],
    2 * (4 * 4 * 8) * (2 * 3 * 3),
  ],
  [
    // The same, then 4 x 4 pixels from 8 to 6 channels, whose input has a gradient.
    'a separable convolution',
    [8, 8, 4],
    [
      {
        name: 'a',
        type: 'separableConv2d',
        filters: 6,
        pointwiseInitializer: 'zeros',
        kernelSize: 3,
        strides: 2,
        depthMultiplier: 2,
        ...same,
      },
    ],
    2 * (4 * 4 * 8) * (2 * 3 * 3) + 3 * (4 * 4 * 6) * (2 * 8),
  ],
  [
    // Each of 4 x 4 x 6 inputs is multiplied by a window of 3 x 2 x 5.
    'a transposed 3 x 2 convolution of 4 x 4 x 6 to 5 channels',
    [4, 4, 6],
    [{ name: 'a', type: 'conv2dTranspose', filters: 5, kernelSize: [3, 2], strides: 2, ...same }],
    2 * (4 * 4 * 6) * (2 * 3 * 2 * 5),
  ],
  [
    // 7 steps of 5 channels, each of a window of 4 x 3.
    'a convolution of 4 steps over 10 steps of 3 channels',
    [10, 3],
    [{ name: 'a', type: 'conv1d', filters: 5, kernelSize: 4, padding: 'valid', ...kernel }],
    2 * (7 * 5) * (2 * 4 * 3),
  ],
  [
    // At each of 4 steps 3 features and 5 units to 4 gates of 5 units; only the units have a gradient.
    'an LSTM of 5 units over 4 steps of 3 features',
    [4, 3],
    [{ name: 'a', type: 'lstm', ...recurrent }],
    2 * 4 * (2 * 3 * 20) + 3 * 4 * (2 * 5 * 20),
  ],
  [
    // 4 steps in each direction, 3 gates.
    'a bidirectional GRU of 5 units over 4 steps of 3 features',
    [4, 3],
    [{ name: 'a', type: 'gru', ...recurrent, direction: 'both' }],
    2 * 8 * (2 * 3 * 15) + 3 * 8 * (2 * 5 * 15),
  ],
  [
    'a simple recurrent layer',
    [4, 3],
    [{ name: 'a', type: 'simpleRnn', ...recurrent }],
    2 * 4 * (2 * 3 * 5) + 3 * 4 * (2 * 5 * 5),
  ],
  [
    'a dense layer over embedded tokens, which have a gradient',
    [4],
    [
      { name: 'a', type: 'embedding', inputDim: 9, outputDim: 2, embeddingsInitializer: 'zeros' },
      { name: 'b', type: 'flatten' },
      { name: 'c', ...dense },
    ],
    3 * (2 * 8 * 5),
  ],
  [
    'both of two branches from the examples, neither of which needs a gradient at its input',
    [10],
    [
      { name: 'a', ...dense },
      { name: 'b', ...dense, inputs: ['input'] },
      { name: 'c', type: 'add', inputs: ['a', 'b'] },
    ],
    2 * (2 * 10 * 5) + 2 * (2 * 10 * 5),
  ],
  ['a network without products', [4, 3], [{ name: 'a', type: 'flatten' }], 0],
]

for (const [what, inputShape, layers, flops] of CASES)
  it(`counts the floating-point operations of a training step: ${what}`, () => {
    assert.equal(stepFlops(resolveNetwork({ inputShape, layers })), flops)
  })
