import assert from 'node:assert/strict'
import { it } from 'node:test'
import { paretoFront } from '#web/src/charts/scatter/pareto-front.ts'

const front = (...points: [cost: number, gain: number][]) =>
  paretoFront(points.map(([cost, gain]) => ({ cost, gain }))).map(({ cost, gain }) => [cost, gain])

it('the Pareto front has the points that no other point beats, cheapest first', () => {
  assert.deepEqual(front([30, 0.98], [10, 0.9], [20, 0.89], [25, 0.95]), [
    [10, 0.9],
    [25, 0.95],
    [30, 0.98],
  ])
})

it('of equal points all are on the front; a point with the same gain and a higher cost is not', () => {
  assert.deepEqual(front([10, 0.9], [10, 0.9], [10, 0.8], [12, 0.9]), [
    [10, 0.9],
    [10, 0.9],
  ])
})
