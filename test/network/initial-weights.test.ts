import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Initializer } from '#network/initializer-schema.ts'
import { initialWeights, shareWithin } from '#network/initializers.ts'
import type { PresetName } from '#network/presets/preset-names.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import type { LayerSpec } from '#network/topology.ts'
import { variablesOf } from '#network/variables.ts'
import { growThreshold, INITIAL_THRESHOLD } from '#optimization/threshold.ts'

/** Percent of all parameters that were zero after epoch 1, as logged by the original runs on CIFAR-10, by mu. */
const LOGGED: { preset: PresetName; c: number; sparsity: Record<number, number> }[] = [
  {
    preset: 'wrn-28-10',
    c: 0.001,
    sparsity: { 0.4: 9.36, 0.501: 13.54, 0.55: 16.2, 0.6: 19.46, 0.65: 23.37 },
  },
  { preset: 'vgg16', c: 0.0005, sparsity: { 0.4: 2.49, 0.51: 3.73, 0.6: 5.19, 0.7: 7.48 } },
]
const STEPS_PER_EPOCH = 391
const LEARNING_RATE = 0.1

const KERAS = {
  // Standard deviations of variables with 300 inputs and 500 outputs (keras.initializers, "VarianceScaling").
  glorotUniform: Math.sqrt(2 / 800),
  glorotNormal: Math.sqrt(2 / 800),
  heUniform: Math.sqrt(2 / 300),
  heNormal: Math.sqrt(2 / 300),
  lecunUniform: Math.sqrt(1 / 300),
  lecunNormal: Math.sqrt(1 / 300),
} as const

describe('initial weights', () => {
  for (const [kernelInitializer, deviation] of Object.entries(KERAS)) {
    it(`${kernelInitializer}: have the deviation of Keras, and the forecast share within a limit`, () => {
      const layer = {
        type: 'dense',
        name: 'd',
        units: 500,
        activation: 'linear',
        kernelInitializer,
      } as LayerSpec
      const topology = { inputShape: [300], layers: [layer] }
      const values = initialWeights(variablesOf(topology), 1).get('d/kernel')!
      const measured = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
      assert.ok(Math.abs(measured / deviation - 1) < 0.01, `${measured} for ${deviation}`)
      if (kernelInitializer.endsWith('Normal')) {
        const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
        assert.ok(
          most <= (2 * deviation) / 0.8796,
          'truncated distributions have no value beyond two deviations',
        )
      }
      const share = values.filter(value => Math.abs(value) <= deviation / 2).length / values.length
      assert.ok(Math.abs(share - shareWithin(variablesOf(topology)[0]!, deviation / 2)) < 0.005, `${share}`)
    })
  }

  const PARAMETRIC: readonly [Initializer, number, number][] = [
    [{ name: 'randomUniform', minval: -0.02, maxval: 0.08 }, 0.03, 0.1 / Math.sqrt(12)],
    [{ name: 'randomNormal', mean: 0.01, stddev: 0.05 }, 0.01, 0.05],
    // A normal distribution truncated at two deviations keeps 0.88 of its deviation.
    [{ name: 'truncatedNormal', mean: -0.02, stddev: 0.05 }, -0.02, 0.05 * 0.87963],
    [{ name: 'constant', value: 0.25 }, 0.25, 0],
    [{ name: 'orthogonal', gain: 2 }, 0, 2 / Math.sqrt(500)],
  ]
  for (const [kernelInitializer, mean, deviation] of PARAMETRIC) {
    it(`${JSON.stringify(kernelInitializer)}: have that mean and deviation, and the forecast share within a limit`, () => {
      const layer: LayerSpec = {
        type: 'dense',
        name: 'd',
        units: 500,
        activation: 'linear',
        kernelInitializer,
      }
      const topology = { inputShape: [300], layers: [layer] }
      const values = initialWeights(variablesOf(topology), 1).get('d/kernel')!
      const average = values.reduce((sum, value) => sum + value, 0) / values.length
      const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0) / values.length)
      assert.ok(Math.abs(average - mean) < 0.001, `${average} for ${mean}`)
      assert.ok(Math.abs(spread - deviation) < 0.001, `${spread} for ${deviation}`)
      for (const limit of [0.01, 0.05, 0.1, 0.3]) {
        const share = values.filter(value => Math.abs(value) <= limit).length / values.length
        const expected = shareWithin(variablesOf(topology)[0]!, limit)
        assert.ok(Math.abs(share - expected) < 0.005, `${share} within ${limit}, not ${expected}`)
      }
    })
  }

  for (const [rows, columns] of [
    [20, 60],
    [60, 20],
  ] as const) {
    it(`orthogonal: ${rows} x ${columns} are ${Math.min(rows, columns)} orthonormal vectors`, () => {
      const layer: LayerSpec = {
        type: 'dense',
        name: 'd',
        units: columns,
        activation: 'linear',
        kernelInitializer: { name: 'orthogonal', gain: 1 },
      }
      const values = initialWeights(variablesOf({ inputShape: [rows], layers: [layer] }), 1).get('d/kernel')!
      const isWide = columns > rows
      const vector = (i: number) =>
        isWide ? values.slice(i * columns, (i + 1) * columns) : values.filter((_, k) => k % columns === i)
      for (let i = 0; i < 20; i++) {
        for (let j = 0; j <= i; j++) {
          const other = vector(j)
          const product = vector(i).reduce((sum, value, k) => sum + value * other[k]!, 0)
          assert.ok(Math.abs(product - (i === j ? 1 : 0)) < 1e-5, `${i} and ${j}: ${product}`)
        }
      }
    })
  }

  for (const { preset, c, sparsity } of LOGGED) {
    it(`${preset}: the share within the threshold equals the share that the original pruned in its first epoch`, () => {
      const topology = PRESET_TOPOLOGIES[preset]
      const weights = initialWeights(variablesOf(topology), 1)
      for (const [mu, logged] of Object.entries(sparsity)) {
        const spec = { c, mu: Number(mu), clock: 'steps' } as const
        const { l1 } = growThreshold(INITIAL_THRESHOLD, LEARNING_RATE, spec, STEPS_PER_EPOCH)
        const pruned = 100 * shareOf([...weights.values()], value => Math.abs(value) <= l1)
        assert.ok(Math.abs(pruned - logged) < 0.05, `mu ${mu}: ${pruned} %, logged ${logged} %`)
      }
    })
  }

  it('are distributed as the forecast assumes', () => {
    const topology = PRESET_TOPOLOGIES.vgg16
    const weights = initialWeights(variablesOf(topology), 2)
    for (const variable of variablesOf(topology).filter(({ size }) => size > 100_000)) {
      const values = [weights.get(variable.name)!]
      for (const limit of [0.005, 0.02, 0.05]) {
        const share = shareOf(values, value => Math.abs(value) <= limit)
        const expected = shareWithin(variable, limit)
        assert.ok(
          Math.abs(share - expected) < 0.005,
          `${variable.name}: ${share} within ${limit}, not ${expected}`,
        )
      }
    }
  })
})

function shareOf(tensors: readonly Float32Array[], isMeant: (value: number) => boolean): number {
  let [count, meant] = [0, 0]
  for (const values of tensors) {
    count += values.length
    for (const value of values) if (isMeant(value)) meant++
  }
  return meant / count
}
