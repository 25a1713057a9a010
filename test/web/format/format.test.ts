import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatBytes, formatCount, formatNumber, formatPercent } from '#web/src/format/numbers.ts'
import { formatAge, formatDuration } from '#web/src/format/times.ts'

describe('figures', () => {
  it('have separators and significant digits', () => {
    assert.equal(formatCount(266_610), '266,610')
    assert.equal(formatNumber(0.031_249), '0.03125')
    assert.equal(formatNumber(12.3456), '12.35')
    assert.equal(formatNumber(0.000_000_12), '1.20e-7')
    assert.equal(formatNumber(undefined), '–')
  })

  it('never round a share to all or to nothing', () => {
    assert.equal(formatPercent(0.999_999), '99.99 %')
    assert.equal(formatPercent(0.000_001), '0.01 %')
    assert.equal(formatPercent(1), '100.00 %')
    assert.equal(formatPercent(0.95), '95.00 %')
  })

  it('give bytes in decimal units', () => {
    assert.deepEqual([999, 1000, 102_400, 999_999, 1_628_200].map(formatBytes), [
      '999 B',
      '1.00 kB',
      '102 kB',
      '1.00 MB',
      '1.63 MB',
    ])
  })

  it('give durations in two units', () => {
    assert.deepEqual([0.42, 12, 185, 3600, 8040, 273_600].map(formatDuration), [
      '0.4 s',
      '12 s',
      '3 min 5 s',
      '1 h',
      '2 h 14 min',
      '3 d 4 h',
    ])
  })

  it('give the age of a moment, and how soon it is', () => {
    const now = Date.parse('2026-01-01T12:00:00Z')
    assert.equal(formatAge('2026-01-01T11:57:00Z', now), '3 min ago')
    assert.equal(formatAge('2026-01-01T12:00:20Z', now), 'in 20 s')
  })
})
