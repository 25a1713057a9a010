import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { advanceSweep, outstandingActions, startSweep } from '#sweeps/advance-sweep.ts'
import type { SweepEvent } from '#sweeps/apply-event.ts'
import {
  parseSweep,
  resumeSimulation,
  type Simulation,
  type Surface,
  simulateSweep,
} from './simulate-sweep.ts'

const BASE = {
  model: { preset: 'mnist-mlp' },
  epochs: 6,
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.001, mu: 0.6 },
}
const GRID = {
  base: BASE,
  search: { method: 'grid' },
  space: { 'optimizer.c': [0.001, 0.002, 0.003, 0.004, 0.005] },
  maxConcurrent: 2,
}
const SEARCHES: Record<string, object> = {
  grid: GRID,
  random: { ...GRID, search: { method: 'random', trials: 5 } },
  asha: { ...GRID, search: { method: 'asha', minEpochs: 1, reduction: 2 } },
  largestC: {
    ...GRID,
    search: { method: 'largestC', epochs: 3, tolerance: 0.01 },
    space: { 'optimizer.c': { log: [0.0005, 0.05] } },
  },
}

const surface: Surface = ({ optimizer: { c = 0 } }, epoch) => ({
  validationAccuracy: 0.98 - 0.1 / epoch - (c > 0.0031 ? 0.1 : 0),
  sparsity: 100 * c,
})

/** The values and the metrics of the best trial; of asha, where they depend on the order of events, how far the trials came. */
function endOf({ state }: Simulation) {
  const metrics = state.trials.map(({ runs }) => runs.at(-1)!.metrics)
  if (state.request.search.method === 'asha') return metrics.map(last => last?.epoch).sort()
  const { best } = state.result!
  return { values: state.trials[best!]!.values, metrics: metrics[best!] }
}

const submitted = (trial: number): SweepEvent => ({ type: 'trialSubmitted', trial, jobId: `job_${trial}` })
const succeeded = (trial: number): SweepEvent => ({
  type: 'trialEnded',
  trial,
  jobId: `job_${trial}`,
  status: 'succeeded',
  metrics: { epoch: 6, validationAccuracy: 0.9, sparsity: 0.5 },
})

/** The state after the events, and the last one's actions. */
function after(...events: SweepEvent[]) {
  return follow(GRID, ...events)
}

function follow(body: object, ...events: SweepEvent[]) {
  return events.reduce(({ state }, event) => advanceSweep(state, event), startSweep(parseSweep(body)))
}

describe('A cancelled sweep', () => {
  for (const [method, body] of Object.entries(SEARCHES))
    it(`by ${method} cancels what is under way and starts nothing more, whenever it is cancelled`, () => {
      for (let cancelAfter = 0; cancelAfter < 20; cancelAfter++) {
        const { state, jobs, actions } = simulateSweep(body, surface, { cancelAfter })
        assert.equal(state.status, 'cancelled')
        assert.ok(jobs.every(({ status }) => status !== 'running'))
        assert.equal(actions.at(-1)!.type, 'finish')
        const firstCancel = actions.findIndex(({ type }) => type === 'cancel')
        assert.ok(actions.slice(firstCancel).every(({ type }) => type === 'cancel' || type === 'finish'))
      }
    })

  it('cancels a trial whose submission was under way as soon as its job is known', () => {
    const { state, actions } = after(submitted(0), { type: 'cancelled' })
    assert.deepEqual(actions, [{ type: 'cancel', trial: 0, jobId: 'job_0' }])
    const next = advanceSweep(state, submitted(1))
    assert.deepEqual(next.actions, [{ type: 'cancel', trial: 1, jobId: 'job_1' }])
  })

  it('has the results of the trials that ended before', () => {
    const { state } = simulateSweep(GRID, surface, { cancelAfter: 30 })
    assert.equal(state.trials[state.result!.best!]!.runs[0]!.status, 'succeeded')
  })

  for (const [method, body] of Object.entries(SEARCHES))
    it(`by ${method} ends as one that was never cancelled once it is resumed`, () => {
      const end = endOf(simulateSweep(body, surface))
      for (let cancelAfter = 0; cancelAfter < 20; cancelAfter += 3) {
        const cancelled = simulateSweep(body, surface, { cancelAfter })
        const resumed = resumeSimulation(cancelled, surface)
        assert.equal(resumed.state.status, 'finished')
        assert.deepEqual(endOf(resumed), end)
        const isRepeated = resumed.jobs.some(
          ({ trial, firstEpoch }, index) =>
            firstEpoch === 1 &&
            resumed.jobs.slice(0, index).some(job => job.trial === trial && job.epoch > 0),
        )
        assert.ok(!isRepeated, 'an epoch was trained twice')
      }
    })

  it('continues its trials from their checkpoints when it is resumed, and starts those without an epoch anew', () => {
    const epoch: SweepEvent = { type: 'trialEpoch', trial: 0, jobId: 'job_0', metrics: { epoch: 2 } }
    const ended = (trial: number): SweepEvent => ({
      type: 'trialEnded',
      trial,
      jobId: `job_${trial}`,
      status: 'cancelled',
    })
    const { actions } = after(submitted(0), submitted(1), epoch, { type: 'cancelled' }, ended(0), ended(1), {
      type: 'resumed',
    })
    assert.deepEqual(actions, [
      { type: 'promote', trial: 0, run: 1, jobId: 'job_0' },
      { type: 'submit', trial: 1, run: 1, spec: { ...BASE, optimizer: { ...BASE.optimizer, c: 0.002 } } },
    ])
  })
})

describe('A trial that the search has stopped', () => {
  it('is not resumed with the sweep', () => {
    const range = {
      base: BASE,
      search: { method: 'lrRange', epochs: 5 },
      space: { 'optimizer.learningRate': { log: [0.001, 1] } },
    }
    const epochs = [1, 9].map(
      (trainLoss, index): SweepEvent => ({
        type: 'trialEpoch',
        trial: 0,
        jobId: 'job_0',
        metrics: { epoch: index + 1, trainLoss },
      }),
    )
    const { state, actions } = follow(range, submitted(0), ...epochs)
    assert.deepEqual(actions, [{ type: 'cancel', trial: 0, jobId: 'job_0' }])
    const cancelled = advanceSweep(state, { type: 'cancelled' })
    assert.deepEqual(cancelled.actions, [])
    const ended = advanceSweep(cancelled.state, {
      type: 'trialEnded',
      trial: 0,
      jobId: 'job_0',
      status: 'cancelled',
    })
    const resumed = advanceSweep(ended.state, { type: 'resumed' })
    assert.equal(resumed.state.status, 'finished')
  })
})

describe('A sweep', () => {
  it('gives the actions again that no event has answered, for a process that starts anew', () => {
    const started = startSweep(parseSweep(GRID))
    assert.deepEqual(outstandingActions(started.state), started.actions)
    const { state } = after(submitted(0))
    assert.deepEqual(outstandingActions(state), started.actions.slice(1))
    const cancelled = after(submitted(0), submitted(1), { type: 'cancelled' })
    assert.deepEqual(outstandingActions(cancelled.state), cancelled.actions)
  })

  it('ignores events of earlier jobs and of unknown ones', () => {
    const { state } = after(submitted(0), submitted(1), succeeded(0))
    const stale: SweepEvent[] = [
      submitted(0),
      succeeded(0),
      { type: 'trialEpoch', trial: 0, jobId: 'job_0', metrics: { epoch: 9 } },
      { ...succeeded(1), jobId: 'job_other' } as SweepEvent,
      submitted(99),
      { type: 'resumed' },
    ]
    for (const event of stale) assert.deepEqual(advanceSweep(state, event), { state, actions: [] })
  })

  it('ignores the id of an earlier job while a trial waits for its next one', () => {
    const body = { ...SEARCHES.asha!, search: { method: 'asha', minEpochs: 3, reduction: 2 } }
    const { state, actions } = follow(body, submitted(0), submitted(1), succeeded(0), succeeded(1))
    const promoted = actions.find(({ type }) => type === 'promote') as { trial: number }
    assert.deepEqual(advanceSweep(state, submitted(promoted.trial)), { state, actions: [] })
  })

  it('keeps the last epoch when an earlier one is reported late', () => {
    const epoch = (number: number): SweepEvent => ({
      type: 'trialEpoch',
      trial: 0,
      jobId: 'job_0',
      metrics: { epoch: number },
    })
    const { state } = after(submitted(0), epoch(2))
    assert.deepEqual(advanceSweep(state, epoch(1)), { state, actions: [] })
  })

  it('continues without a trial that the service refused', () => {
    const { state, actions } = after(submitted(0), {
      type: 'trialRefused',
      trial: 1,
      error: 'no such dataset',
    })
    assert.equal(state.trials[1]!.runs[0]!.error, 'no such dataset')
    assert.deepEqual(
      actions.map(({ type }) => type),
      ['submit'],
    )
  })

  it('continues without a trial whose job a client cancelled', () => {
    const { state } = after(submitted(0), submitted(1), {
      ...succeeded(0),
      status: 'cancelled',
    } as SweepEvent)
    assert.equal(state.status, 'running')
    assert.equal(state.trials.length, 3)
  })

  it('finishes even if every trial fails', () => {
    for (const [method, body] of Object.entries(SEARCHES)) {
      const { state } = simulateSweep(body, () => 'diverged')
      assert.equal(state.status, 'finished', method)
      assert.deepEqual(state.result, { best: null, front: [] }, method)
    }
  })
})
