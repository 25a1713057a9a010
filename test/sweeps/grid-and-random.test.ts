import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Surface, simulateSweep } from './simulate-sweep.ts'

const BASE = {
  model: { preset: 'mnist-mlp' },
  epochs: 3,
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.001, mu: 0.6 },
}
const LISTS = { 'optimizer.mu': [0.51, 0.55, 0.6], 'optimizer.c': [0.001, 0.002], batchSize: [64, 128] }
const RANGES = { 'optimizer.c': { log: [1e-4, 1e-1] }, 'optimizer.learningRate': { uniform: [0.1, 0.5] } }

/** More c and mu: sparser and less accurate. */
const surface: Surface = ({ optimizer: { c = 0, mu = 0.5 } }, epoch) => ({
  validationAccuracy: 0.98 - 40 * c * mu - 0.1 / epoch,
  sparsity: Math.min(1, 100 * c * mu),
})

function grid(fields: object = {}) {
  return { base: BASE, search: { method: 'grid' }, space: LISTS, maxConcurrent: 3, ...fields }
}

function random(fields: object = {}) {
  return { base: BASE, search: { method: 'random', trials: 40, seed: 5 }, space: RANGES, ...fields }
}

const valuesOf = ({ state }: ReturnType<typeof simulateSweep>) => state.trials.map(({ values }) => values)

describe('A grid', () => {
  it('trains every combination once', () => {
    const { state, jobs } = simulateSweep(grid(), surface)
    const points = new Set(state.trials.map(({ values }) => JSON.stringify(values)))
    assert.equal(state.status, 'finished')
    assert.equal(jobs.length, 12)
    assert.equal(points.size, 12)
  })

  it('sets the values in the spec and leaves the rest of the base', () => {
    const { jobs } = simulateSweep(grid(), surface)
    assert.deepEqual(jobs.at(-1)!.spec, {
      ...BASE,
      optimizer: { ...BASE.optimizer, mu: 0.6, c: 0.002 },
      batchSize: 128,
    })
  })

  it('tries whole optimizers', () => {
    const optimizers = [{ name: 'sgd', learningRate: 0.1, momentum: 0.9 }, BASE.optimizer]
    const { jobs } = simulateSweep(grid({ space: { optimizer: optimizers } }), surface)
    assert.deepEqual(
      jobs.map(({ spec }) => spec.optimizer),
      optimizers,
    )
  })

  it('makes the object of a field that the base does not have', () => {
    const { jobs } = simulateSweep(grid({ space: { 'target.sparsity': [0.9, 0.95] } }), surface)
    assert.deepEqual(
      jobs.map(({ spec }) => spec.target),
      [{ sparsity: 0.9 }, { sparsity: 0.95 }],
    )
  })

  it('takes the other values of an object from the preset where the base leaves the object out', () => {
    const base = { model: { preset: 'mnist-mlp' }, epochs: 3 }
    const { jobs } = simulateSweep(grid({ base, space: { 'optimizer.mu': [0.6] } }), surface)
    const { name, learningRate, mu } = jobs[0]!.spec.optimizer as Record<string, unknown>
    assert.deepEqual({ name, learningRate, mu }, { name: 'grda', learningRate: 0.005, mu: 0.6 })
  })

  it('keeps as many trials under way as the window allows, until none is left', () => {
    const { actions } = simulateSweep(grid({ maxConcurrent: 5 }), surface)
    assert.deepEqual(
      actions.slice(0, 5).map(({ type }) => type),
      Array(5).fill('submit'),
    )
    assert.equal(actions.at(-1)!.type, 'finish')
  })
})

describe('A random search', () => {
  it('draws the same trials from the same seed, however the jobs end', () => {
    const first = valuesOf(simulateSweep(random(), surface, { seed: 1 }))
    assert.deepEqual(valuesOf(simulateSweep(random(), surface, { seed: 2 })), first)
    const other = random({ search: { method: 'random', trials: 40, seed: 6 } })
    assert.notDeepEqual(valuesOf(simulateSweep(other, surface)), first)
  })

  it('draws from the range of each field', () => {
    const values = valuesOf(simulateSweep(random(), surface))
    const cs = values.map(point => point['optimizer.c'] as number)
    const rates = values.map(point => point['optimizer.learningRate'] as number)
    assert.ok(cs.every(c => c >= 1e-4 && c <= 1e-1))
    assert.ok(rates.every(rate => rate >= 0.1 && rate <= 0.5))
    // Uniform in the logarithm: each of the three decades has about a third of the draws.
    const decades = [1e-4, 1e-3, 1e-2].map(from => cs.filter(c => c >= from && c < 10 * from).length)
    assert.ok(
      decades.every(count => count >= 6),
      `draws by decade: ${decades}`,
    )
  })

  it('keeps the draws of a field when the space gains another', () => {
    const draws = (space: object) =>
      valuesOf(simulateSweep(random({ space }), surface)).map(v => v['optimizer.c'])
    const { 'optimizer.c': c } = RANGES
    assert.deepEqual(draws({ 'optimizer.c': c, batchSize: [32, 64] }), draws({ 'optimizer.c': c }))
  })

  it('draws no point of a list twice', () => {
    const { state } = simulateSweep(
      random({ space: LISTS, search: { method: 'random', trials: 12 } }),
      surface,
    )
    assert.equal(new Set(state.trials.map(({ values }) => JSON.stringify(values))).size, 12)
  })
})
