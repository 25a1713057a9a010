import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { randomStream } from '#network/random.ts'
import { planSearch, standing } from '#sweeps/first-failure.ts'
import { type Simulation, type Surface, simulateSweep } from './simulate-sweep.ts'

const BASE = {
  model: { preset: 'mnist-mlp' },
  epochs: 20,
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.001, mu: 0.6 },
}
const [FROM, TO] = [0.0005, 0.05]
/** The points of a grid whose neighbours differ by 10 % or less. */
const FINE = Array.from({ length: 50 }, (_, index) => FROM * (TO / FROM) ** (index / 49))
const TOLERANCE = 0.01
const DENSE = 0.97

function largestC(fields: object = {}) {
  return {
    base: BASE,
    search: { method: 'largestC', epochs: 2, tolerance: TOLERANCE },
    space: { 'optimizer.mu': [0.6], 'optimizer.c': { log: [FROM, TO] } },
    ...fields,
  }
}

/** The accuracy above that of c = 0, by c, without noise. */
type Effect = (c: number, mu: number) => number

/** The same c has the same noise every time, as a job repeated with its seed has. */
function surfaceOf(effect: Effect, noise = 0, seed = 1): Surface {
  return ({ optimizer: { c = 0, mu = 0 } }) => ({
    validationAccuracy:
      DENSE + (c === 0 ? 0 : effect(c, mu) + noise * randomStream(seed, c.toPrecision(6)).normal()),
    sparsity: 1 - Math.exp(-100 * c * mu),
  })
}

/** The last c of the fine grid before the first one that exceeds the tolerance; undefined where the first does. */
function fineAnswer(effect: Effect, mu = 0.6): number | undefined {
  const failure = FINE.findIndex(c => effect(c, mu) < -TOLERANCE)
  return failure === -1 ? TO : FINE[failure - 1]
}

/** The c that was trained in full. */
function answerOf({ state }: Simulation): number | undefined {
  const final = state.trials.find(({ kind }) => kind === 'final')
  return final?.values['optimizer.c'] as number | undefined
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x))
const above = (c: number, edge: number) => Math.log(c / edge)

const SURFACES: Record<string, Effect> = {
  'a cliff': c => -0.5 * logistic(40 * above(c, 0.008)),
  'a gain of accuracy before a cliff': c =>
    0.02 * Math.exp(-4 * above(c, 0.004) ** 2) - 0.5 * logistic(40 * above(c, 0.012)),
  'a dip that recovers before a cliff': c =>
    (c > 0.0021 && c < 0.0036 ? -0.05 : 0) - 0.5 * logistic(40 * above(c, 0.02)),
  'waves within the tolerance before a cliff': c =>
    0.003 * Math.sin(9 * Math.log(c)) - 0.5 * logistic(40 * above(c, 0.03)),
  'waves that grow beyond the tolerance': c => 0.04 * (c / 0.01) * Math.sign(Math.sin(4 * Math.log(c))),
  'a plateau below the tolerance': c => (c > 0.0013 ? -0.02 : 0),
}

describe('The largest c', () => {
  for (const [name, effect] of Object.entries(SURFACES))
    it(`is within 10 % of that of a fine grid without noise on ${name}, with a third of its trials`, () => {
      const expected = fineAnswer(effect)!
      const ratios = Array.from({ length: 10 }, (_, seed) => {
        const simulation = simulateSweep(largestC(), surfaceOf(effect, TOLERANCE / 4, seed), { seed })
        const short = simulation.state.trials.filter(({ kind }) => kind !== 'final')
        assert.ok(short.length <= (FINE.length + 1) / 3, `${short.length} trials`)
        return answerOf(simulation)! / expected
      })
      const near = ratios.filter(ratio => ratio > 1 / 1.101 && ratio < 1.101)
      assert.ok(near.length >= 9, `ratios: ${ratios}`)
    })

  it('is found more often than by training the whole grid, where every point is a chance of bad luck', () => {
    const noise = 0.4 * TOLERANCE
    const plan = planSearch(FINE.length)
    const found = { search: 0, grid: 0 }
    for (const effect of Object.values(SURFACES))
      for (let seed = 0; seed < 100; seed++) {
        const passes = FINE.map(
          (c, index) => effect(c, 0.6) + noise * randomStream(seed, index).normal() >= -TOLERANCE,
        )
        const tests = new Map<number, boolean>()
        let now = standing(plan, tests)
        for (; !now.isOver; now = standing(plan, tests)) tests.set(now.want!, passes[now.want!]!)
        const expected = FINE.indexOf(fineAnswer(effect)!)
        if (Math.abs((now.answer ?? -1) - expected) <= 1) found.search++
        if (Math.abs(passes.indexOf(false) - 1 - expected) <= 1) found.grid++
      }
    assert.ok(found.search >= 0.95 * 600 && found.grid < 0.8 * 600, JSON.stringify(found))
  })

  it('is not moved by one lucky trial beyond a cliff, wherever it is', () => {
    for (const lucky of FINE.filter(c => c > 0.0045)) {
      const effect: Effect = c => (c < 0.004 || Math.abs(c / lucky - 1) < 0.01 ? 0 : -0.1)
      const answer = answerOf(simulateSweep(largestC({ maxConcurrent: 1 }), surfaceOf(effect)))!
      assert.ok(answer < 0.004 && answer > 0.004 / 1.2, `${answer} with luck at ${lucky}`)
    }
  })

  it('is the same however many trials run at once', () => {
    const surface = surfaceOf(SURFACES['a cliff']!)
    const answers = [1, 2, 5, 20].map(maxConcurrent =>
      answerOf(simulateSweep(largestC({ maxConcurrent }), surface)),
    )
    assert.equal(new Set(answers).size, 1)
  })

  it('is the end of the range where every c keeps the accuracy', () => {
    assert.equal(
      answerOf(
        simulateSweep(
          largestC(),
          surfaceOf(() => 0),
        ),
      ),
      TO,
    )
  })

  it('does not exist where no c keeps the accuracy, and nothing is trained in full', () => {
    const { state, jobs } = simulateSweep(
      largestC(),
      surfaceOf(() => -0.2),
    )
    assert.equal(state.status, 'finished')
    assert.equal(state.result!.best, null)
    assert.ok(jobs.every(({ epochs }) => epochs === 2))
  })

  it('is smaller than every c that diverges', () => {
    const { state, jobs } = simulateSweep(largestC(), (spec, epoch) =>
      spec.optimizer.c! > 0.003 ? 'diverged' : surfaceOf(() => 0)(spec, epoch),
    )
    const answer = state.trials[state.result!.best!]!.values['optimizer.c'] as number
    assert.ok(answer <= 0.003 && answer > 0.003 / 1.101)
    assert.equal(jobs.at(-1)!.epochs, 20)
  })

  it('cancels the trials above the first c that fails', () => {
    const { jobs } = simulateSweep(
      largestC({ maxConcurrent: 12, search: { method: 'largestC', epochs: 50, tolerance: TOLERANCE } }),
      surfaceOf(c => (c < 0.001 ? 0 : -0.1)),
      { speedOf: ({ optimizer: { c = 0 } }) => (c < 0.002 ? 100 : 1) },
    )
    const cancelled = jobs.filter(({ status }) => status === 'cancelled')
    assert.ok(cancelled.length >= 5, `${cancelled.length} cancelled`)
  })

  it('ends where the run with c = 0 failed, as there is nothing to compare with', () => {
    const lost: Surface = (spec, epoch) =>
      spec.optimizer.c === 0 ? 'diverged' : surfaceOf(() => 0)(spec, epoch)
    const { state, jobs } = simulateSweep(largestC({ maxConcurrent: 1 }), lost)
    assert.equal(state.status, 'finished')
    assert.equal(state.result!.best, null)
    assert.equal(jobs.length, 1)
  })
})

describe('The largest c of several mu', () => {
  const space = { 'optimizer.mu': [0.51, 0.6, 0.7], 'optimizer.c': { log: [FROM, TO] } }
  /** The larger mu, the smaller the c that it bears, and the smaller their product. */
  const effect: Effect = (c, mu) => (c < 0.002 * (0.8 / mu) ** 8 ? 0 : -0.1)

  it('is found for each, with one run of c = 0 for all of them', () => {
    const { state } = simulateSweep(largestC({ space }), surfaceOf(effect))
    assert.equal(state.trials.filter(({ kind }) => kind === 'reference').length, 1)
    for (const mu of space['optimizer.mu']) {
      const tried = state.trials.filter(
        ({ kind, values }) => kind === 'trial' && values['optimizer.mu'] === mu,
      )
      const passed = tried
        .map(({ values }) => values['optimizer.c'] as number)
        .filter(c => effect(c, mu) === 0)
      const ratio = Math.max(...passed) / fineAnswer(effect, mu)!
      assert.ok(ratio > 1 / 1.101 && ratio < 1.101)
      assert.ok(tried.length <= 16)
    }
  })

  it('is searched for at the same time', () => {
    const { jobs } = simulateSweep(largestC({ space, maxConcurrent: 4 }), surfaceOf(effect))
    const first = jobs.slice(0, 4).map(({ spec }) => spec.optimizer as { c: number; mu: number })
    assert.equal(first[0]!.c, 0)
    assert.deepEqual(
      first.slice(1).map(({ mu }) => mu),
      space['optimizer.mu'],
    )
  })

  it('is trained in full where it makes the sparsest network, or by the objective that is given', () => {
    const muOf = (fields: object) => {
      const { state, jobs } = simulateSweep(largestC({ space, ...fields }), surfaceOf(effect))
      assert.equal(jobs.filter(({ epochs }) => epochs === 20).length, 1)
      return state.trials[state.result!.best!]!.values['optimizer.mu']
    }
    assert.equal(muOf({}), 0.51)
    assert.equal(muOf({ objective: { minimize: 'sparsity' } }), 0.7)
  })

  it('is compared with the run of c = 0 that has the same other fields', () => {
    const batches = { ...space, 'optimizer.mu': [0.6], batchSize: [32, 64] }
    const { state } = simulateSweep(largestC({ space: batches }), surfaceOf(effect))
    const references = state.trials.filter(({ kind }) => kind === 'reference')
    assert.deepEqual(
      references.map(({ values }) => values),
      [{ batchSize: 32 }, { batchSize: 64 }],
    )
  })
})
