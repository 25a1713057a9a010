import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { readTopology } from '#interchange/read-topology.ts'
import { resolveNetwork } from '#network/network.ts'
import { randomStream } from '#network/random.ts'
import { OptimizerSpec } from '#optimization/optimizer-spec.ts'
import { optimizerFromSpec } from '#workers/optimizers/from-spec.ts'
import { toScalars } from '#workers/optimizers/optimizer.ts'
import { toTensors, type Values } from './descend.ts'

const STEPS = 12
const RATE = 0.1
const C = 1
const MU = 0.6

const layer = (type: string, name: string, fields: object) => ({
  type,
  name,
  kernelInitializer: 'glorotUniform',
  biasInitializer: 'zeros',
  activation: 'linear',
  ...fields,
})
const window = { kernelSize: 3, padding: 'same' }

const { topology } = readTopology(
  {
    inputShape: [4, 4, 2],
    layers: [
      layer('conv2d', 'conv', { ...window, filters: 5 }),
      { type: 'batchNormalization', name: 'norm', momentum: 0.9, epsilon: 1e-3 },
      layer('depthwiseConv2d', 'depth', { ...window, depthMultiplier: 2 }),
      layer('conv2dTranspose', 'up', { ...window, filters: 4 }),
      { type: 'flatten', name: 'flatten' },
      layer('dense', 'hidden', { units: 6 }),
      layer('dense', 'out', { units: 3 }),
    ],
  },
  'linear',
)
const network = resolveNetwork(topology)

/** The output channel of each element of a variable, from the layouts of docs/keras.md. */
const CHANNELS: Record<string, { group: string; at: (i: number) => number }> = {
  'conv/kernel': { group: 'conv', at: i => i % 5 },
  'conv/bias': { group: 'conv', at: i => i },
  'norm/gamma': { group: 'conv', at: i => i },
  'norm/beta': { group: 'conv', at: i => i },
  // [3, 3, 5, 2]: input channel 1 has the output channels 2 and 3.
  'depth/kernel': { group: 'depth', at: i => i % 10 },
  'depth/depthwiseKernel': { group: 'depth', at: i => i % 10 },
  'depth/bias': { group: 'depth', at: i => i },
  // [3, 3, 4, 10]: out before in.
  'up/kernel': { group: 'up', at: i => Math.floor(i / 10) % 4 },
  'up/bias': { group: 'up', at: i => i },
  'hidden/kernel': { group: 'hidden', at: i => i % 6 },
  'hidden/bias': { group: 'hidden', at: i => i },
}

/** Each channel of a variable is larger than the one before, so that a threshold takes some and leaves others. */
function startValues(): Values {
  const random = randomStream(8, 'start')
  return Object.fromEntries(
    network.variables.map(({ name, shape, size }) => {
      const at = CHANNELS[name]?.at ?? (() => 2)
      return [
        name,
        {
          shape: [...shape],
          data: Float32Array.from({ length: size }, (_, i) => 0.15 * (at(i) + 1) * random.normal()),
        },
      ]
    }),
  )
}

function gradientsOf(step: number): Values {
  const random = randomStream(step, 'gradients')
  return Object.fromEntries(
    network.variables.map(({ name, shape, size }) => [
      name,
      { shape: [...shape], data: Float32Array.from({ length: size }, () => 0.3 * random.normal()) },
    ]),
  )
}

/** The weights after all steps in float64: w_j = v_j max(0, 1 - l1 sqrt(n_j) / ||v_j||), or a soft threshold outside of groups. */
function expected(isExcluded: (name: string) => boolean): Record<string, Float64Array> {
  const v = Object.fromEntries(
    Object.entries(startValues()).map(([name, { data }]) => [name, Float64Array.from(data)]),
  )
  for (let step = 1; step <= STEPS; step++)
    for (const [name, { data }] of Object.entries(gradientsOf(step)))
      data.forEach((g, i) => {
        v[name]![i]! -= RATE * g
      })
  const l1 = C * RATE ** (MU + 0.5) * STEPS ** MU
  const squares = new Map<string, number>()
  const counts = new Map<string, number>()
  const keyAt = (name: string, i: number) => `${CHANNELS[name]!.group} ${CHANNELS[name]!.at(i)}`
  for (const name of Object.keys(v).filter(name => CHANNELS[name] && !isExcluded(name)))
    v[name]!.forEach((value, i) => {
      const key = keyAt(name, i)
      squares.set(key, (squares.get(key) ?? 0) + value ** 2)
      counts.set(key, (counts.get(key) ?? 0) + 1)
    })
  const shrink = (name: string) => (value: number, i: number) => {
    if (isExcluded(name)) return value
    if (!CHANNELS[name]) return Math.sign(value) * Math.max(Math.abs(value) - l1, 0)
    const key = keyAt(name, i)
    return value * Math.max(0, 1 - (l1 * Math.sqrt(counts.get(key)!)) / Math.sqrt(squares.get(key)!))
  }
  return Object.fromEntries(Object.entries(v).map(([name, values]) => [name, values.map(shrink(name))]))
}

function trained(exclude: string[]): {
  weights: Record<string, Float32Array>
  restored: Record<string, Float32Array>
} {
  const optimizer = optimizerFromSpec(
    {
      optimizer: OptimizerSpec.parse({
        name: 'grda',
        learningRate: RATE,
        c: C,
        mu: MU,
        group: 'outputChannels',
        exclude,
      }),
      schedule: { name: 'constant' } as TrainingSpec['schedule'],
      epochs: 1,
    },
    network,
    STEPS,
  )
  return tf.tidy(() => {
    let params = toTensors(startValues())
    let slots = optimizer.init(params)
    let { clock } = optimizer
    for (let step = 1; step <= STEPS; step++) {
      const next = optimizer.tick(clock)
      const gradients = toTensors(gradientsOf(step))
      ;({ params, slots } = optimizer.update(gradients, slots, params, toScalars(next.scalars)))
      clock = next.clock
    }
    const read = (tensors: tf.NamedTensorMap) =>
      Object.fromEntries(
        Object.entries(tensors).map(([name, tensor]) => [name, tensor.dataSync<'float32'>().slice()]),
      )
    return { weights: read(params), restored: read(optimizer.paramsOf!(slots, clock)) }
  }) as never
}

/** Tests of gRDA's threshold for whole output channels, on the engine that is open. */
export function testChannels(): void {
  for (const exclude of [[], ['bias'], ['hidden', 'batchNorm']]) {
    const isExcluded = (name: string) =>
      exclude.some(
        word =>
          name.startsWith(`${word}/`) ||
          name.endsWith(`/${word}`) ||
          (word === 'batchNorm' && name.startsWith('norm/')),
      )

    test(`gRDA's group threshold without [${exclude}] equals the rule in float64`, () => {
      const { weights, restored } = trained(exclude)
      const exact = expected(isExcluded)
      assert.deepEqual(Object.keys(weights), Object.keys(exact))
      for (const [name, values] of Object.entries(exact)) {
        let zeros = 0
        values.forEach((value, i) => {
          const actual = weights[name]![i]!
          assert.ok(Math.abs(actual - value) <= 2e-6, `${name}[${i}] is ${actual} for ${value}`)
          assert.equal(Object.is(actual, 0), value === 0, `${name}[${i}] is ${actual} for ${value}`)
          if (value === 0) zeros++
        })
        if (CHANNELS[name] && !isExcluded(name))
          assert.ok(zeros > 0 && zeros < values.length, `${name}: ${zeros}`)
      }
      assert.deepEqual(restored, weights, 'the slots determine the weights to the bit')
    })
  }
}
