import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { randomStream } from '#network/random.ts'
import { ScheduleSpec, scheduleFactor } from '#optimization/schedule-spec.ts'
import { type Surface, simulateSweep } from './simulate-sweep.ts'

const BASE = {
  model: { preset: 'mnist-mlp' },
  epochs: 50,
  target: { sparsity: 0.9 },
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.001, mu: 0.6 },
}
const EPOCHS = 30

function lrRange(fields: object = {}) {
  return {
    base: BASE,
    search: { method: 'lrRange', epochs: EPOCHS },
    space: { 'optimizer.learningRate': { log: [1e-4, 10] } },
    ...fields,
  }
}

const CURVATURES = [0.1, 0.3, 1, 3]
const STEPS = 20
/** Gradient descent on a quadratic converges below 2 over the largest curvature. */
const LIMIT = 2 / 3

/** The mean loss of each epoch of gradient descent with noise on a quadratic, at the rates of the epochs. */
function descend(rates: readonly number[], seed: number): number[] {
  const random = randomStream(seed, 'descent')
  const weights = CURVATURES.map(() => 1)
  return rates.map(rate => {
    let sum = 0
    for (let step = 0; step < STEPS; step++) {
      sum += weights.reduce((loss, w, i) => loss + (CURVATURES[i]! * w * w) / 2, 0)
      for (const [i, curvature] of CURVATURES.entries())
        weights[i]! -= rate * (curvature * weights[i]! + 0.05 * random.normal())
    }
    return sum / STEPS
  })
}

/** A job whose losses are those of the descent by the spec's own schedule; it fails when the loss is no number. */
function descent(seed: number): Surface {
  let losses: number[] | undefined
  return ({ optimizer: { learningRate }, schedule }, epoch) => {
    losses ??= descend(
      Array.from({ length: EPOCHS }, (_, i) => learningRate * factorOf(schedule!, i + 1)),
      seed,
    )
    const trainLoss = losses[epoch - 1]!
    return Number.isFinite(trainLoss) ? { trainLoss } : 'diverged'
  }
}

function factorOf(schedule: object, epoch: number): number {
  return scheduleFactor(ScheduleSpec.parse(schedule), { step: epoch, epochs: EPOCHS, stepsPerEpoch: 1 })
}

describe('A learning-rate range test', () => {
  it('is one job whose rate grows from one end of the range to the other, without a threshold', () => {
    const { jobs } = simulateSweep(lrRange(), () => ({ trainLoss: 1 }))
    const [{ spec }, ...others] = jobs as [(typeof jobs)[0]]
    assert.equal(others.length, 0)
    const { schedule, ...rest } = spec
    const optimizer = { ...BASE.optimizer, c: 0, learningRate: 1e-4 }
    assert.deepEqual(rest, { model: BASE.model, optimizer, epochs: EPOCHS })
    const rateAt = (epoch: number) => 1e-4 * factorOf(schedule as object, epoch)
    assert.ok(Math.abs(rateAt(1) / 1e-4 - 1) < 1e-9)
    assert.ok(Math.abs(rateAt(EPOCHS) / 10 - 1) < 1e-9)
  })

  it('finds the limit of stability of gradient descent and recommends a rate that trains as well as any', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { state } = simulateSweep(lrRange(), descent(seed))
      const { recommended, largest, isAtEndOfRange } = state.result!.learningRate!
      assert.ok(largest > LIMIT / 4 && largest < LIMIT * 1.5, `largest ${largest}`)
      assert.equal(isAtEndOfRange, false)
      const lossAfter = (rate: number) => descend(Array(4).fill(rate), seed).at(-1)!
      const best = Math.min(...Array.from({ length: 40 }, (_, i) => lossAfter(0.01 * 1.12 ** i)))
      assert.ok(lossAfter(recommended) < 2 * best, `${recommended}: ${lossAfter(recommended)}, best ${best}`)
    }
  })

  it('cancels the job once its loss has diverged', () => {
    const losing: Surface = (_, epoch) => ({ trainLoss: epoch < 20 ? 2 / epoch : 50 })
    const { jobs } = simulateSweep(lrRange({ maxConcurrent: 1 }), losing)
    assert.equal(jobs[0]!.status, 'cancelled')
    assert.ok(jobs[0]!.epoch < EPOCHS)
  })

  it('counts a loss that is not a number as diverged', () => {
    const { jobs, state } = simulateSweep(lrRange(), (_, epoch) => ({
      trainLoss: epoch < 20 ? 2 / epoch : Number.NaN,
    }))
    assert.equal(jobs[0]!.status, 'cancelled')
    assert.ok(state.result!.learningRate!.largest < 10)
  })

  it('recommends from the epochs before the job diverged', () => {
    const { state } = simulateSweep(lrRange(), (_, epoch) =>
      epoch > 15 ? 'diverged' : { trainLoss: 2 / epoch },
    )
    const largest = 1e-4 * 1e5 ** (14 / (EPOCHS - 1))
    assert.equal(state.status, 'finished')
    assert.ok(Math.abs(state.result!.learningRate!.largest / largest - 1) < 1e-9)
  })

  it('says when the loss fell up to the end of the range', () => {
    const { state } = simulateSweep(lrRange(), (_, epoch) => ({ trainLoss: 2 / epoch }))
    assert.equal(state.result!.learningRate!.isAtEndOfRange, true)
  })

  it('recommends nothing where the loss never fell', () => {
    const { state } = simulateSweep(lrRange(), (_, epoch) => ({ trainLoss: 1 + epoch / 100 }))
    assert.equal(state.result!.learningRate, undefined)
  })
})
