import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readTopology } from '#interchange/read-topology.ts'
import { resolveNetwork } from '#network/network.ts'
import { outputChannelsOf } from '#network/output-channels.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'

const dense = (name: string, fields: object = {}) => ({
  type: 'dense',
  name,
  units: 4,
  activation: 'linear',
  kernelInitializer: 'glorotUniform',
  biasInitializer: 'zeros',
  ...fields,
})
const normalization = (name: string, fields: object = {}) => ({
  type: 'batchNormalization',
  name,
  momentum: 0.9,
  epsilon: 1e-3,
  ...fields,
})

function groupsOf(inputShape: number[], layers: object[], exclude: string[] = []) {
  const { topology } = readTopology({ inputShape, layers } as never, 'linear')
  return outputChannelsOf(resolveNetwork(topology), exclude).map(({ channels, size, members }) => ({
    channels,
    size,
    members: members.map(({ name }) => name),
  }))
}

describe('the output channels of a network', () => {
  it('include the bias, and gamma and beta of the normalization that follows, unless they are excluded', () => {
    const layers = [
      dense('hidden'),
      normalization('norm'),
      { type: 'activation', name: 'relu', activation: 'relu' },
      dense('out'),
    ]
    assert.deepEqual(groupsOf([3], layers), [
      { channels: 4, size: 6, members: ['hidden/kernel', 'hidden/bias', 'norm/gamma', 'norm/beta'] },
    ])
    assert.deepEqual(groupsOf([3], layers, ['batchNorm', 'bias']), [
      { channels: 4, size: 3, members: ['hidden/kernel'] },
    ])
    assert.deepEqual(groupsOf([3], layers, ['hidden']), [])
  })

  it('are not those of the layers that compute the outputs, whatever without a kernel follows them', () => {
    const layers = [
      dense('hidden'),
      dense('left', { inputs: ['hidden'] }),
      dense('right', { inputs: ['hidden'] }),
      { type: 'add', name: 'sum', inputs: ['left', 'right'] },
      normalization('norm'),
    ]
    assert.deepEqual(
      groupsOf([3], layers).map(({ members }) => members),
      [['hidden/kernel', 'hidden/bias']],
    )
  })

  it('are those of embeddings and of both kernels of a separable convolution, and not the units of recurrent layers', () => {
    const initializer = 'glorotUniform'
    const tokens = [
      { type: 'embedding', name: 'embed', inputDim: 7, outputDim: 5, embeddingsInitializer: initializer },
      {
        type: 'lstm',
        name: 'lstm',
        units: 3,
        returnSequences: false,
        direction: 'forward',
        kernelInitializer: initializer,
        recurrentInitializer: initializer,
        biasInitializer: 'forgetGateOnes',
      },
      dense('out'),
    ]
    assert.deepEqual(groupsOf([6], tokens), [{ channels: 5, size: 7, members: ['embed/embeddings'] }])
    const separable = {
      type: 'separableConv2d',
      name: 'separable',
      filters: 8,
      kernelSize: 3,
      padding: 'same',
      depthMultiplier: 2,
      activation: 'linear',
      kernelInitializer: initializer,
      pointwiseInitializer: initializer,
      biasInitializer: 'zeros',
    }
    const images = [separable, normalization('norm'), { type: 'flatten', name: 'flatten' }, dense('out')]
    assert.deepEqual(groupsOf([6, 6, 3], images), [
      { channels: 6, size: 9, members: ['separable/depthwiseKernel'] },
      {
        channels: 8,
        size: 9,
        members: ['separable/pointwiseKernel', 'separable/bias', 'norm/gamma', 'norm/beta'],
      },
    ])
  })

  it('cover every convolution of a residual network', () => {
    const network = resolveNetwork(PRESET_TOPOLOGIES.resnet50)
    const convolutions = network.placed.filter(({ layer }) => layer.type === 'conv2d').length
    assert.equal(outputChannelsOf(network, []).length, convolutions)
  })
})
