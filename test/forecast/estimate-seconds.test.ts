import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { JobRequest } from '#domain/training-spec.ts'
import { estimateSeconds } from '#forecast/estimate-seconds.ts'
import { FinishedRun } from '#forecast/finished-run.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'

const run = (change: Partial<FinishedRun>) =>
  FinishedRun.parse({
    engine: 'native',
    setting: '',
    batchSize: 100,
    isAugmented: false,
    validationExamples: 10_000,
    startSeconds: 2,
    stepSeconds: 0.01,
    restSeconds: 1,
    endSeconds: 3,
    points: [],
    ...change,
  })

/** 600 steps an epoch with a batch size of 100. */
const estimate = (change: object, runs: FinishedRun[], engines = ['native'], trained?: number) => {
  const request = { model: { preset: 'mnist-mlp' }, batchSize: 100, epochs: 10, ...change }
  return estimateSeconds(resolveSpec(JobRequest.parse(request)).spec, runs, new Set(engines), trained)
}

describe('the estimated duration of a job', () => {
  it('adds start, steps, validation and end', () => {
    assert.equal(estimate({}, [run({})]), 2 + 10 * (6 + 1) + 3)
  })

  it('counts only the epochs that a continued job has not trained', () => {
    assert.equal(estimate({}, [run({})], ['native'], 8), 2 + 2 * (6 + 1) + 3)
  })

  it('counts the epochs of all phases', () => {
    const finish = { prune: { sparsity: 0.9 }, fineTune: { epochs: 5 } }
    assert.equal(estimate({ finish }, [run({})]), 2 + 15 * (6 + 1) + 3)
  })

  it('scales the validation with its examples', () => {
    const seconds = estimate({ validation: { fraction: 0.5 }, epochs: 1 }, [run({})])
    assert.equal(seconds, 2 + (3 + 3) + 3)
  })

  it('is that of the fastest live engine, and absent without one that has trained the model', () => {
    const runs = [run({ engine: 'wasm', stepSeconds: 0.1 }), run({})]
    assert.equal(estimate({}, runs, ['native', 'wasm']), 75)
    assert.equal(estimate({}, runs, ['wasm']), 2 + 10 * (60 + 1) + 3)
    assert.equal(estimate({}, runs, ['webgpu']), undefined)
    assert.equal(estimate({}, [run({ isAugmented: true })]), undefined)
  })

  it('is the median of the last five jobs', () => {
    const runs = [0.01, 9, 0.02, 0.01, 0.02, 7, 8].map(stepSeconds => run({ stepSeconds }))
    assert.equal(estimate({}, runs), 2 + 10 * (12 + 1) + 3)
  })

  it('interpolates between measured batch sizes and stays within a factor of two outside them', () => {
    const overhead = 2 + 3 + 10 * 1
    const stepsOf = (batchSize: number, runs: FinishedRun[]) =>
      (estimate({ batchSize }, runs)! - overhead) / (10 * Math.ceil(60_000 / batchSize))
    const both = [run({ batchSize: 25, stepSeconds: 0.004 }), run({ batchSize: 400, stepSeconds: 0.04 })]
    const between = stepsOf(100, both)
    assert.ok(Math.abs(between - Math.sqrt(0.004 * 0.04)) < 1e-9)
    // A step with a batch of 50 takes between 0.005 s, in proportion, and 0.01 s, the same.
    const smaller = stepsOf(50, [run({})])
    assert.ok(smaller > 0.005 && smaller < 0.01)
    assert.equal(estimate({ batchSize: 20 }, [run({})]), undefined)
    assert.equal(estimate({ batchSize: 500 }, [run({})]), undefined)
  })
})
