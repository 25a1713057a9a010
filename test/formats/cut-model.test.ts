import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { topologyOf } from '#domain/topology-of.ts'
import { JobRequest, type TrainingSpec } from '#domain/training-spec.ts'
import { cuttableModel, nonzeroAt } from '#formats/cut-model.ts'
import { countNonzero } from '#formats/cuttable-model.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { softThreshold, type TrainedModel } from '#formats/trained-model.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { resolveNetwork } from '#network/network.ts'
import { drawWeights } from '#workers/training/weights.ts'

const L1 = 0.02

function trained(overrides: Partial<TrainingSpec['optimizer']> = {}): TrainedModel {
  const optimizer = { name: 'grda', learningRate: 0.1, c: 0.01, mu: 0.6, ...overrides }
  const { spec } = resolveSpec(JobRequest.parse({ model: { preset: 'mnist-mlp' }, optimizer }))
  const network = resolveNetwork(topologyOf(spec.model))
  const accumulator = drawWeights(network, 1)
  // Biases start at zero; a trained one does not stay there.
  for (const { name, data } of accumulator) if (name.endsWith('bias')) data.fill(0.5)
  const weights = accumulator.map(v => ({ ...v, data: softThreshold(v.data, L1) }))
  return {
    spec,
    topology: network.topology,
    weights,
    statistics: [],
    step: 1,
    dualAverage: { accumulator, l1: L1, step: 1 },
  }
}

const smallestKept = (cut: TrainedModel) =>
  Math.min(...cut.weights.flatMap(({ data }) => [...data.filter(w => w !== 0)].map(Math.abs)))
const magnitudes = ({ weights }: TrainedModel) => weights.flatMap(({ data }) => [...data].map(Math.abs))

describe('a cut', () => {
  it('by magnitude leaves exactly the largest weights, unchanged', () => {
    const model = trained()
    const { cut } = cuttableModel(model, { rule: 'magnitude', scope: 'global' })
    const result = cut(5_000)
    assert.equal(countNonzero(result.weights), 5_000)
    assert.equal(result.dualAverage, undefined)
    const limit = smallestKept(result)
    assert.equal(magnitudes(model).filter(w => w > limit).length, 4_999)
    for (const [index, { data }] of result.weights.entries())
      assert.ok(data.every((w, at) => Object.is(w, 0) || w === model.weights[index]!.data[at]))
  })

  it('by magnitude cannot bring weights back, and by threshold can', () => {
    const model = trained()
    const own = countNonzero(model.weights)
    const cutTo = (rule: 'magnitude' | 'threshold') =>
      countNonzero(cuttableModel(model, { rule, scope: 'global' }).cut(own + 1_000).weights)
    assert.equal(cutTo('magnitude'), own)
    assert.equal(cutTo('threshold'), own + 1_000)
  })

  it('by threshold is the accumulator under the threshold that it names', () => {
    const { weights, dualAverage } = cuttableModel(trained(), { rule: 'threshold', scope: 'global' }).cut(
      7_777,
    )
    assert.equal(countNonzero(weights), 7_777)
    const { accumulator, l1 } = dualAverage!
    assert.ok(l1 > L1)
    assert.deepEqual(
      weights.map(({ data }) => data),
      accumulator.map(({ data }) => softThreshold(data, l1)),
    )
  })

  it('by layer sets the same share of each kernel to zero, and keeps biases', () => {
    const { weights } = cuttableModel(trained(), { rule: 'magnitude', scope: 'layer' }).cut(41_000)
    assert.equal(countNonzero(weights), 41_000)
    const shares = weights.map(weight => [weight.name, countNonzero([weight]) / weight.data.length] as const)
    const [hidden, output] = shares.filter(([name]) => name.endsWith('kernel')).map(([, share]) => share)
    assert.ok(Math.abs(hidden! - output!) < 2e-4, `${hidden} ${output}`)
    for (const [name, share] of shares) if (name.endsWith('bias')) assert.equal(share, 1)
  })

  it('does not change variables that the threshold does not apply to', () => {
    for (const rule of ['magnitude', 'threshold'] as const) {
      const { cut, nonzero } = cuttableModel(trained({ exclude: ['bias'] }), { rule, scope: 'global' })
      assert.equal(nonzero.min, 522)
      assert.equal(countNonzero(cut(0).weights), 522)
    }
  })

  it('keeps the first of equal weights', () => {
    const model = trained()
    const weights: FloatTensor[] = model.weights.map(w => ({ ...w, data: w.data.map(() => 1) }))
    const { cut } = cuttableModel({ ...model, weights }, { rule: 'magnitude', scope: 'global' })
    assert.deepEqual([...cut(2).weights[0]!.data.slice(0, 3)], [1, 1, 0])
  })
})

it('a sparsity is at least reached', () => {
  assert.equal(nonzeroAt(0.9, 10), 1)
  assert.equal(nonzeroAt(0.95, 407_050), 20_352)
  assert.equal(nonzeroAt(0, 10), 10)
})
