import assert from 'node:assert/strict'
import { it } from 'node:test'
import { closestPoint } from '#web/src/charts/scatter/closest-point.ts'

const points = [
  { px: 10, py: 10 },
  { px: 20, py: 10 },
]

it('a click means the closest point within reach', () => {
  assert.equal(closestPoint(points, 16, 12, 18), 1)
  assert.equal(closestPoint(points, 14, 12, 18), 0)
})

it('a click far from every point means none', () => {
  assert.equal(closestPoint(points, 200, 12, 18), -1)
})
