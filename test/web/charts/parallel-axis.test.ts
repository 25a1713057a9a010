import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Trial } from '@thresher/client'
import { type Axis, isSelected, positionOf, valueAtPosition } from '#web/src/charts/parallel/parallel-axis.ts'
import { trialLines } from '#web/src/pages/sweeps/trial-lines.ts'

const trial = (id: number, values: Trial['values'], sparsity?: number): Trial => ({
  ...{ id, kind: 'trial', values, status: 'succeeded', jobIds: [] },
  ...(sparsity !== undefined && { metrics: { epoch: 1, sparsity } }),
})
const trials = [
  trial(0, { c: 0.001, mu: 0.5, optimizer: { name: 'sgd' } }, 0.2),
  trial(1, { c: 0.01, mu: 0.6, optimizer: { name: 'sgd' } }, 0.8),
  trial(2, { c: 0.1, mu: 0.7, optimizer: 'adam' }),
]
const { axes, lines } = trialLines(trials, ['validationAccuracy', 'sparsity'], [1])
const axis = (name: string) => axes.find(one => one.name === name) as Axis

it('there is an axis for each field and for each metric that a trial has', () => {
  assert.deepEqual(
    axes.map(({ name, scale }) => [name, scale]),
    [
      ['c', 'log'],
      ['mu', 'linear'],
      ['optimizer', 'words'],
      ['sparsity', 'linear'],
    ],
  )
  assert.deepEqual(axis('optimizer').words, ['{"name":"sgd"}', 'adam'])
})

it('a value is at the height of its logarithm, its share of the range, or its word', () => {
  assert.ok(Math.abs(positionOf(axis('c'), 0.01) - 0.5) < 1e-12)
  assert.equal(positionOf(axis('mu'), 0.7), 1)
  assert.equal(positionOf(axis('optimizer'), 'adam'), 1)
  assert.ok(Math.abs((valueAtPosition(axis('c'), 0.5) as number) - 0.01) < 1e-12)
  assert.equal(valueAtPosition(axis('optimizer'), 0.9), 'adam')
})

it('an axis with one value has it in the middle', () => {
  assert.equal(positionOf({ name: 'c', scale: 'linear', from: 2, to: 2, words: [] }, 2), 0.5)
})

it('brushes select the lines that pass through all of them, and none without a value', () => {
  const selected = (...brushes: [string, number, number][]) => {
    const map = new Map(brushes.map(([name, from, to]) => [name, { from, to }]))
    return lines.filter(line => isSelected(line, axes, map)).map(line => Number(line.id))
  }
  assert.deepEqual(selected(), [0, 1, 2])
  assert.deepEqual(selected(['c', 0, 0.5]), [0, 1])
  assert.deepEqual(selected(['c', 0.4, 1]), [1, 2])
  assert.deepEqual(selected(['c', 0.4, 1], ['sparsity', 0, 1]), [1])
})
