import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { removeChannels } from '#network/channels/remove-channels.ts'
import type { LayerSpec, Topology } from '#network/topology.ts'
import { assertClose } from '#test/support/predict.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { channelsLeft, outputsOf, someValues, type Values } from './dead-channels.ts'

await openEngine('native')

const kernel = { activation: 'relu', kernelInitializer: 'zeros' } as const
const biased = { ...kernel, biasInitializer: 'zeros' } as const
const conv = { type: 'conv2d', kernelSize: 3, padding: 'same', ...biased } as const
const normalised = { type: 'batchNormalization', momentum: 0.9, epsilon: 1e-3 } as const
const relu = { type: 'activation', activation: 'relu' } as const
const logits = { type: 'dense', name: 'logits', units: 3, ...biased, activation: 'linear' } as const

const chain = (...units: number[]): Topology => ({
  inputShape: [6],
  layers: [
    ...units.map(
      (count, index): LayerSpec => ({ type: 'dense', name: `d${index}`, units: count, ...biased }),
    ),
    logits,
  ],
})

const images = (...layers: LayerSpec[]): Topology => ({ inputShape: [6, 5, 2], layers: [...layers, logits] })

/** Sets the weights that lead to an output channel to zero, and its bias to a number. The output channels are the last axis. */
function silence(values: Values, layer: string, channel: number, channels: number, bias = 0): void {
  const weights = values.get(`${layer}/kernel`)!
  for (let i = channel; i < weights.length; i += channels) weights[i] = 0
  const biases = values.get(`${layer}/bias`)
  if (biases) biases[channel] = bias
}

/** Sets the weights that a layer has for one of its input channels to zero. */
function ignore(values: Values, layer: string, input: number, inputs: number, outputs: number): void {
  const weights = values.get(`${layer}/kernel`)!
  for (let i = 0; i < weights.length; i++) if (Math.floor(i / outputs) % inputs === input) weights[i] = 0
}

function check(topology: Topology, values: Values, left: Record<string, number>): Topology {
  assert.deepEqual(channelsLeft(topology, values), left)
  const smaller = removeChannels(topology, values)
  assertClose(outputsOf(smaller.topology, smaller.values), outputsOf(topology, values))
  return smaller.topology
}

describe('units of dense layers', () => {
  it('go if nothing leads to them or from them, and with them what only they use', () => {
    const topology = chain(4, 5)
    const values = someValues(topology)
    silence(values, 'd0', 1, 4)
    ignore(values, 'logits', 2, 5, 3)
    // Unit 3 of the first layer leads to unit 2 of the second alone.
    for (const unit of [0, 1, 3, 4]) values.get('d1/kernel')![3 * 5 + unit] = 0
    check(topology, values, { d0: 2, d1: 4 })
  })

  it('go if they are constant, and the next bias takes the constant', () => {
    const topology = chain(4, 5)
    const values = someValues(topology)
    silence(values, 'd0', 1, 4, 0.8)
    silence(values, 'd0', 2, 4, -0.8)
    check(topology, values, { d0: 2 })
  })

  it('leave a bias to a layer that had none', () => {
    const topology: Topology = {
      inputShape: [6],
      layers: [
        { type: 'dense', name: 'd0', units: 4, ...biased },
        { ...kernel, type: 'dense', name: 'logits', units: 3, activation: 'linear' },
      ],
    }
    const values = someValues(topology)
    silence(values, 'd0', 1, 4, 0.8)
    const smaller = check(topology, values, { d0: 3 })
    assert.equal((smaller.layers[1] as { biasInitializer?: string }).biasInitializer, 'zeros')
  })

  it('leave one if all are dead, and layers before it one each', () => {
    const topology = chain(4, 5, 6)
    const values = someValues(topology)
    values.get('d1/kernel')!.fill(0)
    check(topology, values, { d0: 1, d1: 1, d2: 1 })
  })

  it('stay if they are used, all of them', () => {
    const topology = chain(4, 5)
    const values = someValues(topology)
    const smaller = removeChannels(topology, values)
    assert.deepEqual(smaller, { topology, values, removed: [] })
    for (const layer of ['d0', 'd1', 'logits'])
      assert.equal(smaller.values.get(`${layer}/kernel`), values.get(`${layer}/kernel`), 'not even copied')
  })
})

describe('channels of convolutions', () => {
  it('go with their units after a pool and a flatten', () => {
    const topology = images(
      { ...conv, name: 'c', filters: 4 },
      { type: 'maxPooling2d', name: 'pool', poolSize: 2 },
      { type: 'dropout', name: 'drop', rate: 0.5 },
      { type: 'flatten', name: 'flat' },
      { type: 'dense', name: 'hidden', units: 7, ...biased },
    )
    const values = someValues(topology)
    silence(values, 'c', 3, 4, 0.5)
    check(topology, values, { c: 3 })
    // 3 x 2 positions: a unit of one position keeps its channel at all of them.
    const others = someValues(topology)
    const rows = (from: number, to: number) => others.get('hidden/kernel')!.fill(0, from * 7, to * 7)
    for (let position = 0; position < 6; position++) rows(4 * position + 1, 4 * position + 3)
    others.get('hidden/kernel')![(4 * 5 + 2) * 7] = 1
    check(topology, others, { c: 3 })
  })

  for (const [padding, left] of [
    ['same', {}],
    ['valid', { c: 3 }],
  ] as const)
    it(`${padding === 'same' ? 'stay' : 'go'} if they are constant but not 0 before a convolution with padding ${padding}`, () => {
      const topology = images(
        { ...conv, name: 'c', filters: 4 },
        { ...normalised, name: 'bn' },
        { ...relu, name: 'relu' },
        { ...conv, name: 'next', filters: 3, padding },
        { type: 'flatten', name: 'flat' },
      )
      const values = someValues(topology)
      values.get('bn/gamma')![2] = 0
      values.get('bn/beta')![2] = 0.4
      check(topology, values, left)
      const negative = new Map(values).set('bn/beta', Float32Array.of(0.1, 0.2, -0.4, 0.3))
      check(topology, negative, { c: 3 })
    })

  it('go if they are constant before a convolution of 1 x 1 with padding same and strides', () => {
    const topology = images(
      { ...conv, name: 'c', filters: 4 },
      { ...conv, name: 'next', filters: 3, kernelSize: 1, strides: 2 },
      { type: 'globalAveragePooling2d', name: 'mean' },
    )
    const values = someValues(topology)
    silence(values, 'c', 0, 4, 0.7)
    check(topology, values, { c: 3 })
  })

  it('need nothing of a channel that a gamma of 0 stops, even if a padded convolution keeps it', () => {
    const topology = images(
      { ...conv, name: 'first', filters: 4 },
      { ...conv, name: 'c', filters: 2 },
      { ...normalised, name: 'bn' },
      { ...conv, name: 'next', filters: 3 },
      { type: 'flatten', name: 'flat' },
    )
    const values = someValues(topology)
    values.get('bn/gamma')![0] = 0
    // Channel 3 of the first convolution leads to channel 0 of the second alone.
    const weights = values.get('c/kernel')!
    for (let window = 0; window < 9; window++) weights[window * 8 + 3 * 2 + 1] = 0
    check(topology, values, { first: 3 })
  })
})

describe('channels that an addition ties together', () => {
  const residual = images(
    { ...conv, name: 'stem', filters: 4 },
    { ...conv, name: 'branch', filters: 4 },
    { type: 'add', name: 'add', inputs: ['branch', 'stem'] },
    { ...conv, name: 'last', filters: 4 },
    { type: 'add', name: 'again', inputs: ['last', 'add'] },
    { type: 'globalAveragePooling2d', name: 'mean' },
  )

  it('stay if one branch has a use for them', () => {
    const values = someValues(residual)
    silence(values, 'branch', 1, 4)
    check(residual, values, {})
  })

  it('go if they are dead in every branch', () => {
    const values = someValues(residual)
    for (const layer of ['stem', 'branch', 'last']) silence(values, layer, 1, 4, layer === 'stem' ? 0 : 0.3)
    // The sum is 0.3 before the padded convolution, which must not use it.
    ignore(values, 'last', 1, 4, 4)
    silence(values, 'last', 1, 4, 0.3)
    check(residual, values, { stem: 3, branch: 3, last: 3 })
  })

  it('go if only they use themselves', () => {
    const values = someValues(residual)
    ignore(values, 'logits', 2, 4, 3)
    for (const layer of ['branch', 'last'])
      for (let window = 0; window < 9; window++)
        for (const other of [0, 1, 3]) values.get(`${layer}/kernel`)![(window * 4 + 2) * 4 + other] = 0
    check(residual, values, { stem: 3, branch: 3, last: 3 })
  })
})

describe('channels of other layers', () => {
  it('go from a depthwise convolution with those that it is made of', () => {
    const topology = images(
      { ...conv, name: 'c', filters: 3 },
      {
        ...biased,
        type: 'depthwiseConv2d',
        name: 'each',
        kernelSize: 3,
        padding: 'same',
        depthMultiplier: 2,
      },
      { ...conv, name: 'next', filters: 3, kernelSize: 1 },
      { type: 'globalMaxPooling2d', name: 'largest' },
    )
    const values = someValues(topology)
    ignore(values, 'next', 2, 6, 3)
    check(topology, values, {})
    ignore(values, 'next', 3, 6, 3)
    check(topology, values, { c: 2, each: 4 })
  })

  it('go from the part of a concatenation that they are in', () => {
    const topology = images(
      { ...conv, name: 'left', filters: 3 },
      { ...conv, name: 'right', filters: 2, inputs: ['input'] },
      { type: 'concatenate', name: 'both', inputs: ['left', 'right'] },
      { ...conv, name: 'next', filters: 4 },
      { type: 'globalAveragePooling2d', name: 'mean' },
    )
    const values = someValues(topology)
    ignore(values, 'next', 1, 5, 4)
    ignore(values, 'next', 4, 5, 4)
    check(topology, values, { left: 2, right: 1 })
  })

  it('stay before a normalization over all of them and before a softmax', () => {
    const topology: Topology = {
      inputShape: [6],
      layers: [
        { type: 'dense', name: 'd0', units: 4, ...biased },
        { type: 'layerNormalization', name: 'norm', epsilon: 1e-3 },
        { type: 'dense', name: 'd1', units: 4, ...biased, activation: 'softmax' },
        logits,
      ],
    }
    const values = someValues(topology)
    silence(values, 'd0', 1, 4)
    ignore(values, 'd1', 2, 4, 4)
    ignore(values, 'logits', 3, 4, 3)
    check(topology, values, {})
  })
})
