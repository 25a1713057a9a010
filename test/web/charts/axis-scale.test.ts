import assert from 'node:assert/strict'
import { it } from 'node:test'
import { axisScale } from '#web/src/charts/scatter/axis-scale.ts'

it('a linear scale has room at both ends and ticks at round values', () => {
  const { position, ticks } = axisScale([0.85, 0.95])
  assert.ok(position(0.85) > 0 && position(0.95) < 1)
  assert.deepEqual(ticks, [0.86, 0.88, 0.9, 0.92, 0.94])
})

it('a logarithmic scale has equal distances for equal ratios', () => {
  const { position, ticks } = axisScale([1000, 100_000], 'log')
  assert.ok(Math.abs(position(10_000) - 0.5) < 1e-9)
  assert.ok(ticks.includes(10_000))
})

it('a scale of nines has equal distances for 90, 99 and 99.9 %, and a place for 100 %', () => {
  const { position, ticks } = axisScale([0.9, 0.999], 'nines')
  assert.ok(Math.abs(position(0.99) - 0.5) < 1e-9)
  assert.ok(Number.isFinite(position(1)))
  assert.deepEqual(ticks, [0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999])
})

it('a scale of nines has ticks for small shares too', () => {
  assert.ok(axisScale([0.013, 0.027], 'nines').ticks.length > 1)
})

it('one value, or none, has a scale', () => {
  assert.ok(Math.abs(axisScale([0.5]).position(0.5) - 0.5) < 1e-9)
  assert.deepEqual(axisScale([]).ticks.at(0), 0)
})

it('an axis of shares ends at 100 %, and its ticks are within it', () => {
  for (const value of [0, 0.9, 1])
    for (const kind of ['linear', 'nines'] as const) {
      const { position, ticks } = axisScale([value], kind, true)
      assert.ok(ticks.length > 0, `${kind} of ${value}`)
      for (const tick of ticks) {
        assert.ok(tick >= 0 && tick <= 1, `${tick} of ${kind}`)
        assert.ok(position(tick) >= -1e-9 && position(tick) <= 1 + 1e-9, `${tick} of ${kind} is outside`)
      }
      assert.ok(position(value) >= 0 && position(value) <= 1)
    }
})
