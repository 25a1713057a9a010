import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { randomStream } from '#network/random.ts'
import { type Simulation, type Surface, simulateSweep } from './simulate-sweep.ts'

const BASE = {
  model: { preset: 'mnist-mlp' },
  epochs: 27,
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.001, mu: 0.6 },
}
const RUNGS = [1, 3, 9, 27]

function asha(fields: object = {}) {
  return {
    base: BASE,
    search: { method: 'asha', minEpochs: 1, reduction: 3, seed: 4 },
    space: { 'optimizer.learningRate': { log: [0.001, 1] } },
    maxTrials: 27,
    ...fields,
  }
}

/** Best at a rate of 0.1, with noise that differs from trial to trial and from epoch to epoch. */
const byRate: Surface = ({ optimizer: { learningRate } }, epoch) => {
  const noise = randomStream(1, learningRate, epoch).normal() * 0.01
  const distance = Math.abs(Math.log10(learningRate) + 1)
  return { validationAccuracy: 0.95 - 0.2 * distance - 0.3 / (epoch + 1) + noise, sparsity: 0 }
}

/** Sparser with more c and with time; less accurate with much c. */
const byC: Surface = ({ optimizer: { c = 0 } }, epoch) => ({
  validationAccuracy: 0.98 - 0.1 / epoch - c,
  sparsity: 1 - Math.exp(-10 * c * epoch ** 0.6),
})

/** How many trials have trained to each rung. */
function reached({ jobs }: Simulation): number[] {
  return RUNGS.map(rung => new Set(jobs.filter(job => job.epoch >= rung).map(({ trial }) => trial)).size)
}

describe('Successive halving', () => {
  it('gives a third of the trials three times the epochs, rung by rung', () => {
    const simulation = simulateSweep(asha(), byRate)
    assert.equal(simulation.state.status, 'finished')
    assert.deepEqual(reached(simulation), [27, 9, 3, 1])
  })

  it('continues a promoted trial from its checkpoint', () => {
    const { actions, jobs } = simulateSweep(asha(), byRate)
    const promotions = actions.filter(({ type }) => type === 'promote')
    assert.equal(promotions.length, 13)
    const continued = jobs.filter(({ firstEpoch }) => firstEpoch > 1)
    assert.ok(continued.every(({ firstEpoch, epochs }) => epochs === 3 * (firstEpoch - 1)))
    const epochs = jobs.reduce((sum, job) => sum + job.epoch - job.firstEpoch + 1, 0)
    assert.equal(epochs, 27 * 1 + 9 * 2 + 3 * 6 + 1 * 18)
  })

  it('finds the best rate of the draws, or the next to it, with a ninth of the epochs', () => {
    const ranks = Array.from({ length: 10 }, (_, index) => {
      const search = { method: 'asha', minEpochs: 1, reduction: 3, seed: index }
      const { state } = simulateSweep(asha({ search }), byRate, { seed: index })
      const rates = state.trials.map(({ values }) => values['optimizer.learningRate'] as number)
      const distances = rates.map(rate => Math.abs(Math.log10(rate) + 1))
      return distances.filter(distance => distance < distances[state.result!.best!]!).length
    })
    assert.ok(ranks.filter(rank => rank <= 1).length >= 9, `ranks by distance: ${ranks}`)
  })

  for (const order of [1, 2, 3, 4, 5, 6])
    it(`never promotes more than a third of those that have ended a rung, in order ${order}`, () => {
      const ended = new Map(RUNGS.map(rung => [rung, 0]))
      const promoted = new Map(RUNGS.map(rung => [rung, 0]))
      const { state } = simulateSweep(asha({ maxTrials: 50, maxConcurrent: 7 }), byRate, {
        seed: order,
        onAdvance(event, { actions }, job) {
          if (event.type === 'trialEnded') ended.set(job!.epochs, ended.get(job!.epochs)! + 1)
          for (const action of actions)
            if (action.type === 'promote') promoted.set(action.epochs!, promoted.get(action.epochs!)! + 1)
          for (const [index, rung] of RUNGS.slice(0, -1).entries())
            assert.ok(promoted.get(RUNGS[index + 1]!)! <= ended.get(rung)! / 3)
        },
      })
      assert.equal(state.status, 'finished')
    })

  it('does not wait for a trial that is slow', () => {
    // The first trial makes no progress while another one can train.
    let slow: number | undefined
    const { jobs } = simulateSweep(asha({ maxConcurrent: 3 }), byRate, {
      speedOf({ optimizer: { learningRate } }) {
        slow ??= learningRate
        return learningRate === slow ? 1e-9 : 1
      },
    })
    assert.equal(jobs[0]!.epoch, 1)
    const others = jobs.filter(({ trial }) => trial !== 0)
    assert.ok(others.some(({ epoch }) => epoch === 9))
  })

  it('ends a last rung at the epochs of a full training where these are no multiple', () => {
    const simulation = simulateSweep(asha({ base: { ...BASE, epochs: 20 } }), byRate)
    assert.deepEqual(
      [...new Set(simulation.jobs.map(({ epochs }) => epochs))].sort((a, b) => a - b),
      [1, 3, 9, 20],
    )
  })

  it('never promotes a trial that diverged, and counts it as the worst of its rung', () => {
    const surface: Surface = (spec, epoch) =>
      spec.optimizer.learningRate > 0.03 ? 'diverged' : byRate(spec, epoch)
    const { state, jobs } = simulateSweep(asha(), surface)
    assert.equal(state.status, 'finished')
    const rateOf = (trial: number) => state.trials[trial]!.values['optimizer.learningRate'] as number
    assert.ok(jobs.filter(({ status }) => status === 'failed').length > 5)
    assert.ok(jobs.filter(({ epochs }) => epochs > 1).every(({ trial }) => rateOf(trial) <= 0.03))
    // The failed ones count among the 27 of which a third is promoted.
    assert.equal(new Set(jobs.filter(({ epochs }) => epochs === 3).map(({ trial }) => trial)).size, 9)
  })

  it('counts a trial as the worst that diverges in the last epoch of its rung, or after a promotion', () => {
    const isLost = (rate: number, epoch: number) => rate > 0.05 && epoch > 2
    const surface: Surface = (spec, epoch) =>
      isLost(spec.optimizer.learningRate, epoch) ? 'diverged' : byRate(spec, epoch)
    const { state, jobs } = simulateSweep(asha({ search: { ...asha().search, minEpochs: 3 } }), surface)
    const rateOf = (trial: number) => state.trials[trial]!.values['optimizer.learningRate'] as number
    assert.ok(jobs.filter(({ epochs }) => epochs > 3).every(({ trial }) => rateOf(trial) <= 0.05))
    // Those that fail after their promotion were the best of the first rung.
    const { state: late } = simulateSweep(asha(), (spec, epoch) =>
      epoch > 1 ? 'diverged' : byRate(spec, epoch),
    )
    const failed = late.trials.filter(({ runs }) => runs.length > 1).map(({ id }) => id)
    assert.equal(failed.length, 9)
    assert.ok(!failed.includes(late.result!.best!))
    assert.ok(failed.every(trial => !late.result!.front.includes(trial)))
  })

  it('tries each point of a list once', () => {
    const rates = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5]
    const { state } = simulateSweep(asha({ space: { 'optimizer.learningRate': rates } }), byRate)
    assert.deepEqual(
      state.trials.map(({ values }) => values['optimizer.learningRate'] as number).sort((a, b) => a - b),
      rates,
    )
  })
})

describe('Successive halving of sparse trials', () => {
  const space = { 'optimizer.c': { log: [0.0001, 1] } }
  const promotedCs = ({ state, jobs }: Simulation, epochs: number) =>
    jobs
      .filter(job => job.epochs === epochs)
      .map(({ trial }) => state.trials[trial]!.values['optimizer.c'] as number | undefined)
      .filter(c => c !== undefined)

  it('ranks by sparsity within the bound of accuracy at the same epoch of the dense run', () => {
    const objective = { maximize: 'sparsity', subjectTo: { validationAccuracy: { withinOfDense: 0.02 } } }
    const simulation = simulateSweep(asha({ space, objective }), byC)
    const { state } = simulation
    const allowed = state.trials.map(({ values }) => values['optimizer.c'] as number).filter(c => c <= 0.02)
    assert.equal(state.trials[state.result!.best!]!.values['optimizer.c'], Math.max(...allowed))
    assert.ok(promotedCs(simulation, 9).every(c => c <= 0.02))
  })

  it('promotes only where the dense run has reached the same epoch, and starts new trials meanwhile', () => {
    const objective = { maximize: 'sparsity', subjectTo: { validationAccuracy: { withinOfDense: 0.02 } } }
    let denseEpoch = 0
    const { jobs } = simulateSweep(asha({ space, objective }), byC, {
      speedOf: ({ optimizer: { c } }) => (c === 0 ? 0.2 : 1),
      onAdvance(event, { actions }, job) {
        if (event.type === 'trialEpoch' && event.trial === 0) denseEpoch = job!.epoch
        for (const action of actions)
          if (action.type === 'promote')
            assert.ok(denseEpoch >= action.epochs! / 3, `dense run at ${denseEpoch}`)
      },
    })
    assert.ok(jobs.some(({ epochs, trial }) => trial !== 0 && epochs === 27))
  })

  it('promotes those that are nearest to the bound where none is within it', () => {
    const objective = { maximize: 'sparsity', subjectTo: { validationAccuracy: { atLeast: 0.99 } } }
    const simulation = simulateSweep(asha({ space, objective }), byC)
    const cs = simulation.state.trials.map(({ values }) => values['optimizer.c'] as number)
    const nearest = cs.sort((a, b) => a - b).slice(0, 12)
    assert.ok(promotedCs(simulation, 3).every(c => nearest.includes(c)))
    assert.equal(simulation.state.result!.best, null)
  })

  it('does not promote the densest trials only where accuracy alone is to be maximized', () => {
    const simulation = simulateSweep(asha({ space }), byC)
    const all = simulation.state.trials.map(({ values }) => values['optimizer.c'] as number)
    const promoted = promotedCs(simulation, 3)
    assert.ok(promoted.length === 9)
    assert.ok(
      promoted.some(c => c > all.toSorted((a, b) => a - b)[13]!),
      'none of the sparser half was promoted',
    )
    assert.ok(
      promoted.some(c => c < all.toSorted((a, b) => a - b)[13]!),
      'none of the denser half was promoted',
    )
  })
})
