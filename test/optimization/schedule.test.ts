import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isConstantBetween, ScheduleSpec, scheduleFactor } from '#optimization/schedule-spec.ts'

const EPOCHS = 10
const STEPS_PER_EPOCH = 4

/** The factors of all steps. */
function factors(fields: object): number[] {
  const schedule = ScheduleSpec.parse(fields)
  return Array.from({ length: EPOCHS * STEPS_PER_EPOCH }, (_, index) =>
    scheduleFactor(schedule, { step: index + 1, epochs: EPOCHS, stepsPerEpoch: STEPS_PER_EPOCH }),
  )
}

/** The factors of each epoch's first step, rounded. */
function byEpoch(fields: object): number[] {
  return factors(fields)
    .filter((_, index) => index % STEPS_PER_EPOCH === 0)
    .map(factor => Number(factor.toFixed(4)))
}

function warmup(length: number, from: number, after: object): object {
  return { name: 'linearWarmup', length, from, ...Object.fromEntries([['then', after]]) }
}

const SCHEDULES = {
  constant: {},
  step: { every: 3, factor: 0.1 },
  multiStep: { at: [2, 5], factor: 0.5 },
  exponential: { factor: 0.5 },
  cosine: { floor: 0.1 },
  piecewiseLinear: {
    points: [
      [0.5, 1],
      [0.9, 0.01],
    ],
  },
  linearWarmup: { length: 4, from: 0.2 },
}

describe('schedules', () => {
  for (const [name, fields] of Object.entries(SCHEDULES)) {
    it(`${name} gives finite factors, constant within an epoch unless it counts steps`, () => {
      const all = factors({ name, ...fields })
      assert.ok(all.every(factor => Number.isFinite(factor) && factor > 0 && factor <= 1))
      all.forEach((factor, index) => {
        assert.equal(factor, all[index - (index % STEPS_PER_EPOCH)])
      })
      if (name === 'constant') return
      const bySteps = factors({ name, ...fields, per: 'step' })
      assert.equal(bySteps.length, all.length)
      assert.notDeepEqual(bySteps, all)
    })
  }

  it('is constant between two steps exactly if no step between them has another factor', () => {
    const at = (step: number) => ({ step, epochs: EPOCHS, stepsPerEpoch: STEPS_PER_EPOCH })
    const schedules = Object.entries({
      ...SCHEDULES,
      'there and back': {
        points: [
          [0.1, 1],
          [0.2, 2],
          [0.3, 1],
        ],
      },
      'late decay': {
        length: 3,
        from: 1,
        ...Object.fromEntries([['then', { name: 'step', every: 7, factor: 0.1 }]]),
      },
    }).map(([title, fields]) => {
      const name = { 'there and back': 'piecewiseLinear', 'late decay': 'linearWarmup' }[title] ?? title
      return { title, name, ...fields }
    })
    for (const { title, ...fields } of schedules) {
      for (const per of ['epoch', 'step']) {
        if (fields.name === 'constant' && per === 'step') continue
        const schedule = ScheduleSpec.parse(fields.name === 'constant' ? fields : { ...fields, per })
        const all = factors(schedule)
        for (let first = 1; first <= all.length; first++) {
          for (let last = first; last <= all.length; last++) {
            const isConstant = all.slice(first - 1, last).every(factor => factor === all[first - 1])
            const where = `${title} per ${per}, steps ${first} to ${last}`
            assert.equal(isConstantBetween(schedule, at(first), at(last)), isConstant, where)
          }
        }
      }
    }
  })

  it('step and multiStep change at the first step of the epochs that they name', () => {
    assert.deepEqual(
      byEpoch({ name: 'step', every: 3, factor: 0.1 }),
      [1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.001],
    )
    assert.deepEqual(
      byEpoch({ name: 'multiStep', at: [2, 5], factor: 0.5 }),
      [1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25],
    )
  })

  it('exponential decays from the second epoch on', () => {
    assert.deepEqual(byEpoch({ name: 'exponential', factor: 0.5 }).slice(0, 4), [1, 0.5, 0.25, 0.125])
  })

  it('cosine halves the way to its floor in the middle, like PyTorch CosineAnnealingLR', () => {
    const epochs = byEpoch({ name: 'cosine', floor: 0.2 })
    assert.deepEqual([epochs[0], epochs[5]], [1, 0.6])
    assert.deepEqual(
      epochs.toSorted((a, b) => b - a),
      epochs,
    )
  })

  it('piecewiseLinear is flat to half, falls to a hundredth at nine tenths, and is flat again: the CIFAR runs', () => {
    const { points } = SCHEDULES.piecewiseLinear
    assert.deepEqual(
      byEpoch({ name: 'piecewiseLinear', points }),
      [1, 1, 1, 1, 1, 0.7525, 0.505, 0.2575, 0.01, 0.01],
    )
  })

  it('linearWarmup rises to the factor of `then`, which also counts from the start', () => {
    const after = { name: 'multiStep', at: [6], factor: 0.1 }
    assert.deepEqual(byEpoch(warmup(4, 0.2, after)), [0.2, 0.4, 0.6, 0.8, 1, 0.1, 0.1, 0.1, 0.1, 0.1])
  })

  it('refuses points out of order and a warmup of a warmup', () => {
    const points = [
      [0.9, 1],
      [0.5, 0.1],
    ]
    assert.match(
      ScheduleSpec.safeParse({ name: 'piecewiseLinear', points }).error!.message,
      /must be in ascending order/,
    )
    assert.equal(ScheduleSpec.safeParse(warmup(2, 0, warmup(2, 0, { name: 'constant' }))).success, false)
  })
})
