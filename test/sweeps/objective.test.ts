import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Surface, simulateSweep } from './simulate-sweep.ts'

const BASE = {
  model: { preset: 'mnist-mlp' },
  epochs: 2,
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.5, mu: 0.6 },
}

/** By c: what each trial measures. Trial i has the i-th c. */
const MEASURES: Record<string, { validationAccuracy: number; sparsity: number; sparseBytes: number }> = {
  0: { validationAccuracy: 0.98, sparsity: 0, sparseBytes: 1000 },
  0.1: { validationAccuracy: 0.979, sparsity: 0.5, sparseBytes: 500 },
  0.2: { validationAccuracy: 0.975, sparsity: 0.9, sparseBytes: 100 },
  0.3: { validationAccuracy: 0.97, sparsity: 0.8, sparseBytes: 200 },
  0.4: { validationAccuracy: 0.9, sparsity: 0.99, sparseBytes: 10 },
}
const surface: Surface = ({ optimizer }) => MEASURES[optimizer.c ?? 0] ?? 'diverged'

function finish(objective: object | undefined, fields: object = {}) {
  const space = { 'optimizer.c': [0.1, 0.2, 0.3, 0.4] }
  const body = { base: BASE, search: { method: 'grid' }, space, ...(objective && { objective }), ...fields }
  const { state, jobs } = simulateSweep(body, surface)
  const cOf = (id: number) => state.trials[id]!.values['optimizer.c'] ?? 0
  const { best, front } = state.result!
  return { best: best === null ? null : cOf(best), front: front.map(cOf), jobs, state }
}

describe('The result of a sweep', () => {
  it('has the most accurate trial unless an objective is given', () => {
    assert.equal(finish(undefined).best, 0.1)
  })

  it('has the trials that no other is both sparser and more accurate than, the sparsest last', () => {
    assert.deepEqual(finish(undefined).front, [0.1, 0.2, 0.4])
  })

  it('has the trial with the least of a metric that is minimized', () => {
    assert.equal(finish({ minimize: 'sparseBytes' }).best, 0.4)
  })

  it('has the best trial among those within the bounds', () => {
    const subjectTo = { validationAccuracy: { atLeast: 0.97 }, sparseBytes: { atMost: 200 } }
    assert.equal(finish({ maximize: 'validationAccuracy', subjectTo }).best, 0.2)
  })

  it('has no best trial where none is within the bounds', () => {
    const objective = { maximize: 'sparsity', subjectTo: { validationAccuracy: { atLeast: 0.99 } } }
    assert.equal(finish(objective).best, null)
  })

  it('has no best trial of several goals, and the front of these goals', () => {
    const { best, front } = finish({ maximize: 'validationAccuracy', minimize: 'sparseBytes' })
    assert.equal(best, null)
    assert.deepEqual(front, [0.1, 0.2, 0.4])
  })

  it('counts a trial that diverged as the worst', () => {
    const { best, front, state } = finish({ minimize: 'sparseBytes' }, { space: { 'optimizer.c': [7, 0.2] } })
    assert.equal(state.status, 'finished')
    assert.equal(best, 0.2)
    assert.deepEqual(front, [0.2])
  })
})

describe('A bound within the dense run', () => {
  const WITHIN = (share: number) => ({
    maximize: 'sparsity',
    subjectTo: { validationAccuracy: { withinOfDense: share } },
  })

  it('trains the base with c = 0 first and compares with it', () => {
    const { best, jobs } = finish(WITHIN(0.005))
    assert.deepEqual(jobs[0]!.spec, { ...BASE, optimizer: { ...BASE.optimizer, c: 0 } })
    assert.equal(best, 0.2)
    assert.equal(finish(WITHIN(0.001)).best, 0.1)
    assert.equal(finish(WITHIN(0.0005)).best, null)
  })

  it('trains no dense run where no bound needs it', () => {
    assert.equal(finish({ maximize: 'sparsity' }).jobs.length, 4)
  })

  it('gives the dense run the first of the values that the base does not have, and no target', () => {
    const { optimizer: _, ...base } = BASE
    const grda = { ...BASE.optimizer, c: 0.2 }
    const space = { optimizer: [grda, { ...grda, c: 0.1 }], 'target.sparsity': [0.9] }
    const { jobs } = finish(WITHIN(0.005), { base: { ...base, model: { topology: {} } }, space })
    assert.deepEqual(jobs[0]!.spec, { ...base, model: { topology: {} }, optimizer: { ...grda, c: 0 } })
  })

  it('is that of the end of the dense run, also for a trial with fewer epochs', () => {
    const body = {
      base: BASE,
      search: { method: 'grid' },
      space: { epochs: [1, 2], 'optimizer.c': [0, 0.1] },
      objective: WITHIN(0.01),
    }
    // After one epoch every trial is as bad as the dense run was then.
    const { state } = simulateSweep(body, ({ optimizer: { c = 0 } }, epoch) => ({
      validationAccuracy: epoch === 1 ? 0.5 : 0.97,
      sparsity: c / epoch,
    }))
    assert.deepEqual(state.trials[state.result!.best!]!.values, { epochs: 2, 'optimizer.c': 0.1 })
  })

  it('is kept by every trial where the dense run diverged, as that is then the worst', () => {
    const body = {
      base: BASE,
      search: { method: 'grid' },
      space: { 'optimizer.c': [0.1, 0.4] },
      objective: WITHIN(0),
    }
    const { state } = simulateSweep(body, (spec, epoch) =>
      spec.optimizer.c === 0 ? 'diverged' : surface(spec, epoch),
    )
    assert.equal(state.trials[state.result!.best!]!.values['optimizer.c'], 0.4)
  })
})
