import assert from 'node:assert/strict'
import { it } from 'node:test'
import { JobRequest } from '#domain/training-spec.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { isTradeoffCheap, tradeoffShare } from '#jobs/tradeoff-cost.ts'

const specOf = (request: object) => resolveSpec(JobRequest.parse(request)).spec
const MLP = {
  model: { preset: 'mnist-mlp' },
  optimizer: { name: 'grda', learningRate: 0.3, c: 0.002, mu: 0.6 },
}

it('the cost of a trade-off falls with the length of the training, and a job without a threshold has one curve less', () => {
  const [ten, hundred] = [10, 100].map(epochs => tradeoffShare(specOf({ ...MLP, epochs })))
  assert.ok(Math.abs(ten! / hundred! - 10) < 1e-9)
  const sgd = { ...MLP, optimizer: { name: 'sgd', learningRate: 0.1 }, epochs: 10 }
  assert.ok(Math.abs(tradeoffShare(specOf(sgd)) / ten! - 2 / 3) < 1e-9)
  const tuned = { ...MLP, epochs: 10, finish: { fineTune: { epochs: 10 } } }
  assert.ok(Math.abs(tradeoffShare(specOf(tuned)) / ten! - 1 / 3) < 1e-9)
})

it('a job measures its trade-off by default if that costs less than a twentieth of its training', () => {
  const short = specOf({ ...MLP, epochs: 10 })
  assert.deepEqual([isTradeoffCheap(short), short.finish], [false, undefined])
  const long = specOf({ ...MLP, epochs: 1000 })
  assert.deepEqual([isTradeoffCheap(long), long.finish], [true, { tradeoff: true }])
  assert.equal(specOf({ model: { preset: 'vgg16' } }).finish?.tradeoff, true)
})

it('a job that says whether it measures its trade-off does so, whatever the cost', () => {
  assert.equal(specOf({ ...MLP, epochs: 1000, finish: { tradeoff: false } }).finish?.tradeoff, false)
  assert.equal(specOf({ ...MLP, epochs: 1, finish: { tradeoff: true } }).finish?.tradeoff, true)
  const tuned = specOf({ ...MLP, epochs: 1, finish: { fineTune: { epochs: 1 } } })
  assert.equal(tuned.finish?.tradeoff, false)
})
