import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AppError } from '#domain/error.ts'
import { parseSweep } from './simulate-sweep.ts'

const GRDA = { name: 'grda', learningRate: 0.1, c: 0.001, mu: 0.6 }
const BASE = { model: { preset: 'mnist-mlp' }, epochs: 20, optimizer: GRDA }
const C_RANGE = { 'optimizer.c': { log: [0.0005, 0.05] } }
const LARGEST_C = { method: 'largestC', epochs: 2, tolerance: 0.01 }
const ASHA = { method: 'asha', minEpochs: 1, reduction: 3 }

/** The paths of the mistakes in a grid over mu with these fields changed, and what is said of them. */
function mistakesOf(fields: object): Record<string, string> {
  const body = { base: BASE, search: { method: 'grid' }, space: { 'optimizer.mu': [0.5, 0.6] }, ...fields }
  try {
    parseSweep(body)
    return {}
  } catch (error) {
    assert.ok(error instanceof AppError)
    assert.equal(error.code, 'invalid_request')
    return Object.fromEntries(error.mistakes.map(({ path, message }) => [path, message]))
  }
}

const pathsOf = (fields: object) => Object.keys(mistakesOf(fields))

describe('A request for a sweep', () => {
  it('is accepted with every method', () => {
    assert.deepEqual(mistakesOf({}), {})
    const objective = { maximize: 'sparsity', subjectTo: { validationAccuracy: { withinOfDense: 0.005 } } }
    assert.deepEqual(mistakesOf({ search: { method: 'random', trials: 8 }, space: C_RANGE, objective }), {})
    assert.deepEqual(mistakesOf({ search: ASHA, space: C_RANGE, objective }), {})
    assert.deepEqual(mistakesOf({ search: LARGEST_C, space: { ...C_RANGE, 'optimizer.mu': [0.6, 0.7] } }), {})
    const rates = { 'optimizer.learningRate': { log: [0.001, 1] } }
    assert.deepEqual(mistakesOf({ search: { method: 'lrRange' }, space: rates }), {})
  })

  it('cannot have more trials than maxTrials, and the error says how many it would have', () => {
    assert.match(mistakesOf({ maxTrials: 1 }).maxTrials!, /2 trials/)
    const tenth = Array.from({ length: 1000 }, (_, index) => index)
    const space = { seed: tenth, batchSize: tenth.map(x => x + 1), epochs: tenth.map(x => x + 1) }
    assert.match(mistakesOf({ space }).maxTrials!, /1000000000 trials/)
    assert.match(
      mistakesOf({ search: { method: 'random', trials: 30 }, space: C_RANGE, maxTrials: 24 }).maxTrials!,
      /30/,
    )
    const arms = { ...C_RANGE, 'optimizer.mu': [0.5, 0.6, 0.7] }
    assert.match(mistakesOf({ search: LARGEST_C, space: arms, maxTrials: 24 }).maxTrials!, /50 trials/)
  })

  it('names ranges that a grid cannot have', () => {
    assert.deepEqual(pathsOf({ space: C_RANGE }), ['space.optimizer.c'])
  })

  it('names empty ranges and lists', () => {
    const search = { method: 'random', trials: 2 }
    assert.deepEqual(pathsOf({ search, space: { 'optimizer.c': { log: [0.1, 0.1] } } }), [
      'space.optimizer.c.log',
    ])
    assert.deepEqual(pathsOf({ search, space: { 'optimizer.c': { log: [0, 0.1] } } }), [
      'space.optimizer.c.log.0',
    ])
    assert.deepEqual(pathsOf({ search, space: { 'optimizer.c': { uniform: [2, 1] } } }), [
      'space.optimizer.c.uniform',
    ])
    assert.deepEqual(pathsOf({ search, space: { 'optimizer.c': [] } }), ['space.optimizer.c'])
  })

  it('names ranges in which no two draws differ, or whose width is not finite', () => {
    const search = { method: 'random', trials: 2 }
    const spaces = [{ uniform: [-1e308, 1e308] }, { uniform: [0.1, 0.1 + 2e-17] }, { log: [1, 1 + 1e-15] }]
    for (const range of spaces)
      assert.deepEqual(pathsOf({ search, space: { 'optimizer.c': range } }), [
        `space.optimizer.c.${Object.keys(range)}`,
      ])
  })

  it('names choices that repeat another', () => {
    const space = { optimizer: [GRDA, { ...GRDA, c: 0 }, { ...GRDA }] }
    assert.deepEqual(mistakesOf({ space }), { 'space.optimizer.2': 'repeats the choice at 0' })
  })

  it('names fields that a job does not have', () => {
    assert.match(
      mistakesOf({ space: { 'optimiser.mu': [1] } })['space.optimiser.mu']!,
      /Did you mean "optimizer"/,
    )
    assert.deepEqual(pathsOf({ space: { 'optimizer..mu': [1] } }), ['space.optimizer..mu'])
    assert.deepEqual(pathsOf({ space: { 'labels.__proto__': [1] } }), ['space.labels.__proto__'])
    assert.deepEqual(pathsOf({ space: { optimizer: [GRDA], 'optimizer.mu': [0.5] } }), ['space.optimizer.mu'])
  })

  it('names metrics that are unknown', () => {
    assert.deepEqual(pathsOf({ objective: { maximize: 'acuracy' } }), ['objective.maximize'])
    const subjectTo = { validationAccurcy: { atLeast: 0.9 } }
    assert.match(
      mistakesOf({ objective: { maximize: 'sparsity', subjectTo } })[
        'objective.subjectTo.validationAccurcy'
      ]!,
      /Did you mean "validationAccuracy"/,
    )
    assert.deepEqual(pathsOf({ objective: { subjectTo: { sparsity: { atLeast: 0.9 } } } }), [
      'objective.maximize',
    ])
    const unbounded = { maximize: 'sparsity', subjectTo: { validationLoss: {} } }
    assert.deepEqual(pathsOf({ objective: unbounded }), ['objective.subjectTo.validationLoss'])
    assert.deepEqual(pathsOf({ objective: { maximize: 'sparsity', subjectTo: {} } }), ['objective.subjectTo'])
    assert.deepEqual(pathsOf({ objective: { maximize: ['sparsity', 'sparsity'] } }), ['objective'])
  })

  it('cannot draw more points than its lists have', () => {
    assert.deepEqual(pathsOf({ search: { method: 'random', trials: 3 } }), ['search.trials'])
  })

  it('needs the number of epochs for asha, and more than the first rung has', () => {
    const { epochs: _, ...base } = BASE
    const own = { topology: {} }
    assert.deepEqual(pathsOf({ search: ASHA, base: { ...base, model: own } }), ['base.epochs'])
    assert.deepEqual(pathsOf({ search: ASHA, base }), [], 'the preset has 100 epochs')
    assert.deepEqual(pathsOf({ search: { ...ASHA, minEpochs: 20 } }), ['search.minEpochs'])
    assert.deepEqual(pathsOf({ search: ASHA, space: { epochs: [1, 2] } }), ['space.epochs'])
  })

  it('cannot continue trials of asha under a schedule that spans all epochs', () => {
    const cosine = { name: 'cosine' }
    const step = { name: 'step', every: 3, factor: 0.1 }
    assert.deepEqual(pathsOf({ search: ASHA, base: { ...BASE, schedule: cosine } }), ['base.schedule'])
    assert.deepEqual(pathsOf({ search: ASHA, base: { ...BASE, schedule: step } }), [])
    assert.deepEqual(pathsOf({ search: ASHA, space: { schedule: [step, cosine] } }), ['space.schedule.1'])
    assert.deepEqual(pathsOf({ search: ASHA, base: { model: { preset: 'vgg16' } } }), ['base.schedule'])
  })

  it('cannot promote trials of asha if there are fewer than the reduction', () => {
    assert.deepEqual(pathsOf({ search: { ...ASHA, reduction: 10 }, maxTrials: 9 }), ['maxTrials'])
    assert.deepEqual(pathsOf({ search: { ...ASHA, reduction: 10 }, maxTrials: 10 }), [])
  })

  it('cannot search parts of a schedule by asha', () => {
    const space = { 'schedule.name': ['cosine'] }
    assert.deepEqual(pathsOf({ search: ASHA, space }), ['space.schedule.name'])
  })

  it('cannot continue trials of asha whose weights are cut or fine-tuned at their end', () => {
    const target = { ...BASE, target: { sparsity: 0.9 } }
    const finish = { ...BASE, finish: { fineTune: { epochs: 1 } } }
    assert.deepEqual(pathsOf({ base: target }), [])
    assert.deepEqual(pathsOf({ search: ASHA, base: target }), ['base.target'])
    assert.deepEqual(pathsOf({ search: ASHA, base: finish }), ['base.finish'])
    const space = { 'finish.prune.sparsity': [0.9, 0.95] }
    assert.deepEqual(pathsOf({ search: ASHA, space }), ['space.finish.prune.sparsity'])
  })

  it('cannot stop trials early where the method needs every epoch', () => {
    const base = { ...BASE, earlyStopping: { metric: 'validationLoss', patience: 2 } }
    assert.deepEqual(pathsOf({ base }), [])
    assert.deepEqual(pathsOf({ search: ASHA, base }), ['base.earlyStopping'])
    const patience = { 'earlyStopping.patience': [1, 2] }
    assert.deepEqual(pathsOf({ search: ASHA, space: patience }), ['space.earlyStopping.patience'])
    const rates = { 'optimizer.learningRate': { log: [0.001, 1] } }
    assert.deepEqual(pathsOf({ search: { method: 'lrRange' }, space: rates, base }), ['base.earlyStopping'])
  })

  it('searches the largest c of gRDA over a range of c and nothing else', () => {
    assert.deepEqual(pathsOf({ search: LARGEST_C }), ['space.optimizer.c'])
    const mu = { 'optimizer.mu': { uniform: [0.5, 0.7] } }
    assert.deepEqual(pathsOf({ search: LARGEST_C, space: { ...C_RANGE, ...mu } }), ['space.optimizer.mu'])
    const sgd = { ...BASE, optimizer: { name: 'sgd', learningRate: 0.1 } }
    assert.deepEqual(pathsOf({ search: LARGEST_C, space: C_RANGE, base: sgd }), ['base.optimizer.name'])
    const target = { ...BASE, target: { sparsity: 0.9 } }
    assert.deepEqual(pathsOf({ search: LARGEST_C, space: C_RANGE, base: target }), ['base.target'])
    const subjectTo = { validationAccuracy: { atLeast: 0.9 } }
    const objective = { maximize: 'sparsity', subjectTo }
    assert.deepEqual(pathsOf({ search: LARGEST_C, space: C_RANGE, objective }), ['objective.subjectTo'])
  })

  it('tests a range of learning rates and nothing else', () => {
    const search = { method: 'lrRange' }
    assert.deepEqual(pathsOf({ search }), ['space.optimizer.learningRate', 'space.optimizer.mu'])
    const space = { 'optimizer.learningRate': { log: [0.001, 1] } }
    const base = { ...BASE, schedule: { name: 'constant' } }
    assert.deepEqual(pathsOf({ search, space, base, objective: { maximize: 'sparsity' } }), [
      'base.schedule',
      'objective',
    ])
  })

  it('names unknown fields and methods', () => {
    assert.deepEqual(pathsOf({ maxTrails: 3 }), ['maxTrails'])
    assert.deepEqual(pathsOf({ search: { method: 'bayes' } }), ['search.method'])
  })
})
