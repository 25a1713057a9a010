import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type PointSelector, possibleRange, selectPoint } from '#optimization/select-point.ts'
import { markPareto, type TradeoffPoint } from '#optimization/tradeoff.ts'
import { nextCount } from '#optimization/tradeoff-levels.ts'

const at = (nonzero: number, validationAccuracy: number) => ({
  nonzero,
  validationAccuracy,
  validationLoss: 1 - validationAccuracy,
})

describe('the next level of a curve', () => {
  it('is between the neighbours that differ most', () => {
    const points = [at(1000, 0.98), at(800, 0.979), at(600, 0.95), at(400, 0.94)]
    assert.equal(nextCount(points), 700)
  })

  it('ignores what is lost beyond five points of accuracy', () => {
    const points = [at(1000, 0.98), at(800, 0.96), at(600, 0.9), at(400, 0.1)]
    assert.equal(nextCount(points), 900)
  })

  it('is in the widest gap if nothing differs, and nowhere if no count is between two neighbours', () => {
    assert.equal(nextCount([at(1000, 0.98), at(900, 0.98), at(100, 0.98)]), 500)
    assert.equal(nextCount([at(5, 0.98), at(4, 0.5), at(3, 0.1)]), undefined)
  })

  it('is where the loss grows, for a model without accuracies', () => {
    const loss = (nonzero: number, validationLoss: number) => ({ nonzero, validationLoss })
    assert.equal(nextCount([loss(1000, 0.2), loss(800, 0.21), loss(600, 0.3), loss(400, 0.31)]), 700)
    assert.equal(nextCount([loss(1000, 0), loss(800, 0), loss(400, 0)]), 600)
  })
})

type Curve = Pick<TradeoffPoint, 'rule' | 'scope'>
const MAGNITUDE: Curve = { rule: 'magnitude', scope: 'global' }
const LAYER: Curve = { rule: 'magnitude', scope: 'layer' }
const THRESHOLD: Curve = { rule: 'threshold', scope: 'global' }

/** Of 1000 parameters. The compressed file of a layer-wise cut is smaller than its weights suggest. */
function point(curve: Curve, nonzero: number, validationAccuracy: number): Omit<TradeoffPoint, 'pareto'> {
  const sizeBytes = { sparse: 100 + 5 * nonzero, zst: (curve === LAYER ? 1 : 4) * nonzero }
  return { ...curve, sparsity: 1 - nonzero / 1000, sizeBytes, ...at(nonzero, validationAccuracy) }
}

const POINTS = markPareto([
  point(THRESHOLD, 300, 0.95),
  point(THRESHOLD, 200, 0.98),
  point(THRESHOLD, 100, 0.96),
  point(MAGNITUDE, 200, 0.98),
  point(MAGNITUDE, 100, 0.97),
  point(MAGNITUDE, 50, 0.92),
  point(LAYER, 200, 0.98),
  point(LAYER, 90, 0.975),
])

describe('a selector', () => {
  const select = (selector: PointSelector, file: 'sparse' | 'zst' = 'sparse') => {
    const found = selectPoint(POINTS, selector, file)
    return found && [found.rule, found.scope, found.nonzero]
  }

  it('of a sparsity takes the least sparse point of each curve that has it, and the best of them', () => {
    assert.deepEqual(select({ sparsity: 0.85 }), ['magnitude', 'layer', 90])
    assert.deepEqual(select({ sparsity: 0.85, scope: 'global' }), ['magnitude', 'global', 100])
    assert.deepEqual(select({ sparsity: 0.85, rule: 'threshold' }), ['threshold', 'global', 100])
    assert.deepEqual(select({ sparsity: 0.93 }), ['magnitude', 'global', 50])
    assert.deepEqual(select({ sparsity: 0.95 }), ['magnitude', 'global', 50])
    assert.equal(select({ sparsity: 0.96 }), undefined)
  })

  it('of a size takes the best point of at most this size, by the size of the requested file', () => {
    assert.deepEqual(select({ sizeBytes: 600 }), ['magnitude', 'layer', 90])
    assert.deepEqual(select({ sizeBytes: 600, scope: 'global' }), ['magnitude', 'global', 100])
    assert.deepEqual(select({ sizeBytes: 200 }, 'zst'), ['magnitude', 'layer', 200])
    assert.equal(select({ sizeBytes: 300 }), undefined)
  })

  it('of an accuracy takes the smallest file that keeps it', () => {
    assert.deepEqual(select({ minValidationAccuracy: 0.97 }), ['magnitude', 'layer', 90])
    assert.deepEqual(select({ minValidationAccuracy: 0.96, rule: 'threshold' }), ['threshold', 'global', 100])
    assert.equal(select({ minValidationAccuracy: 0.99 }), undefined)
  })

  it('that no point satisfies is answered with what is possible', () => {
    const possible = (selector: PointSelector) => possibleRange(POINTS, selector, 'sparse')
    assert.match(possible({ sparsity: 0.99 })!, /0\.95$/)
    assert.match(possible({ sizeBytes: 1, rule: 'threshold' })!, /600 bytes/)
    assert.match(possible({ minValidationAccuracy: 0.99 })!, /0\.98$/)
    const layers = POINTS.filter(({ scope }) => scope === 'global')
    assert.equal(possibleRange(layers, { sparsity: 0.5, scope: 'layer' }, 'sparse'), undefined)
  })
})

it('a point is on the Pareto front if no other has fewer weights or a better score without being worse in the other', () => {
  const front = POINTS.filter(({ pareto }) => pareto).map(({ nonzero }) => nonzero)
  assert.deepEqual(front, [200, 200, 50, 200, 90])
})
