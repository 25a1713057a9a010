import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { growthOfThreshold, nextC, startingC, type ThresholdReading } from '#optimization/steer-threshold.ts'
import { growThreshold, INITIAL_THRESHOLD } from '#optimization/threshold.ts'

const MU = 0.6
const STEPS_PER_EPOCH = 100

type Quantile = (l1: number) => number

/** The quantile of mnist-mlp at 95 % (learning rate 0.3): it moves once the threshold has pruned the values of the initial weights. */
const RECEDING: Quantile = l1 => 0.065 + (0.65 * l1 ** 2) / (0.06 + l1)

interface Trial {
  epochs: number
  quantile?: Quantile
  sparsity?: number
  /** Absent: `startingC` chooses it. */
  c?: number
  learningRate?: (step: number) => number
}

/** Steers a threshold through a training in which the quantile follows from l1. */
function steer({ epochs, quantile = RECEDING, sparsity = 0.95, learningRate = () => 0.3, ...given }: Trial) {
  const last = epochs * STEPS_PER_EPOCH
  const rule = { mu: MU, clock: 'steps' } as const
  const read = (l1: number): ThresholdReading => ({ l1, quantile: quantile(l1) })
  let state = INITIAL_THRESHOLD
  let start = read(0)
  let c = given.c ?? startingC(start, sparsity, growthOfThreshold(state, rule, learningRate, last))
  const scales = [c]
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (let step = 0; step < STEPS_PER_EPOCH; step++)
      state = growThreshold(state, learningRate(state.step + 1), { ...rule, c })
    const end = read(state.l1)
    if (epoch < epochs) {
      c = nextC({ c, start, end, growth: growthOfThreshold(state, rule, learningRate, last) })
      scales.push(c)
    }
    start = end
  }
  return { miss: state.l1 / quantile(state.l1) - 1, scales }
}

const cosine = (last: number) => (step: number) => 0.15 * (1 + Math.cos((Math.PI * (step - 1)) / last))

describe('growthOfThreshold', () => {
  for (const clock of ['steps', 'time'] as const) {
    it(`is the growth of l1 for c = 1 under a schedule, with the clock ${clock}`, () => {
      const learningRate = cosine(500)
      let state = INITIAL_THRESHOLD
      let middle = INITIAL_THRESHOLD
      for (let step = 1; step <= 500; step++) {
        state = growThreshold(state, learningRate(step), { c: 0.002, mu: MU, clock })
        if (step === 200) middle = state
      }
      const growth = growthOfThreshold(middle, { mu: MU, clock }, learningRate, 500)
      assert.ok(Math.abs((0.002 * growth) / (state.l1 - middle.l1) - 1) < 1e-9)
    })
  }

  it('is 0 after the last step', () => {
    const state = { step: 500, time: 150, l1: 0.1 }
    assert.equal(
      growthOfThreshold(state, { mu: MU, clock: 'steps' }, () => 0.3, 500),
      0,
    )
  })

  it('agrees with the closed form in a training of millions of steps', () => {
    const growth = growthOfThreshold(INITIAL_THRESHOLD, { mu: MU, clock: 'steps' }, () => 0.1, 5_000_000)
    assert.ok(Math.abs(growth / (0.1 ** (MU + 0.5) * 5_000_000 ** MU) - 1) < 1e-9)
  })
})

describe('steering a threshold', () => {
  it('keeps c while the quantile moves as expected', () => {
    // Raised by a tenth at the end, as startingC expects it at 70 %.
    const { scales, miss } = steer({ epochs: 6, sparsity: 0.7, quantile: l1 => 0.05 + l1 / 11 })
    assert.ok(Math.abs(miss) < 1e-9, `misses by ${miss}`)
    for (const c of scales) assert.ok(Math.abs(c / scales[0]! - 1) < 1e-9)
  })

  for (const epochs of [2, 6, 12, 60]) {
    it(`meets a receding quantile within a tenth in ${epochs} epochs`, () => {
      const { miss } = steer({ epochs })
      assert.ok(Math.abs(miss) < 0.1, `misses by ${miss}`)
    })
  }

  it('meets it under a learning rate that decreases to 0', () => {
    const { miss } = steer({ epochs: 12, learningRate: cosine(12 * STEPS_PER_EPOCH) })
    assert.ok(Math.abs(miss) < 0.1, `misses by ${miss}`)
  })

  it('meets it from a c that is much too small, and doubles c at most', () => {
    const { miss, scales } = steer({ epochs: 12, c: 0.0002 })
    assert.ok(Math.abs(miss) < 0.15, `misses by ${miss}`)
    for (const [index, c] of scales.slice(1).entries()) assert.ok(c <= 2 * scales[index]! + 1e-12)
  })

  it('stops the growth of a threshold that has passed the quantile', () => {
    const { scales } = steer({ epochs: 6, c: 0.1, quantile: () => 0.05 })
    assert.equal(scales.at(-1), 0)
  })

  it('starts a threshold that does not grow yet', () => {
    const { miss } = steer({ epochs: 12, c: 0 })
    assert.ok(Math.abs(miss) < 0.1, `misses by ${miss}`)
  })

  it('needs no growth for weights that are already below the threshold of an earlier training', () => {
    assert.equal(startingC({ l1: 0.2, quantile: 0.1 }, 0.5, 10), 0)
  })

  it('keeps c where the learning rate leaves no growth', () => {
    const start = { l1: 0.1, quantile: 0.2 }
    assert.equal(nextC({ c: 0.002, start, end: start, growth: 0 }), 0.002)
    assert.equal(startingC(start, 0.5, 0), 0)
  })
})
