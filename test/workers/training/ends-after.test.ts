import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { EarlyStopping } from '#domain/early-stopping.ts'
import { bestEpoch } from '#interchange/report/best-epoch.ts'
import { monitoredMetrics } from '#jobs/select-epoch.ts'
import { endsAfter } from '#workers/training/ends-after.ts'

/** Recorded by test/fixtures/keras_early_stopping.py: the last epoch that is trained, and the one whose weights are restored. */
interface Case {
  rule: { metric: string; patience: number; minDelta?: number }
  values: number[]
  last: number
  best: number
}
const recorded = new URL(import.meta.resolve('#test/fixtures/keras-early-stopping.json'))
const KERAS: Case[] = JSON.parse(readFileSync(recorded, 'utf8')).cases

function run({ rule, values }: Pick<Case, 'rule' | 'values'>): Pick<Case, 'last' | 'best'> {
  const spec = { epochs: values.length, earlyStopping: EarlyStopping.parse(rule) }
  const series = values.map((value, index) => ({ epoch: index + 1, [rule.metric]: value }))
  const last = series.findIndex(({ epoch }) =>
    endsAfter(spec, epoch, bestEpoch(series.slice(0, epoch), spec)),
  )
  return { last: last + 1, best: bestEpoch(series.slice(0, last + 1), spec)!.epoch }
}

describe('early stopping', () => {
  it('stops where Keras stops, and its best epoch is the one whose weights Keras restores', () => {
    assert.ok(
      KERAS.length > 100 && KERAS.some(({ last }) => last < 10) && KERAS.some(({ last }) => last === 10),
    )
    for (const { rule, values, ...expected } of KERAS)
      assert.deepEqual(run({ rule, values }), expected, JSON.stringify({ rule, values }))
  })

  const LOSS = { metric: 'validationLoss', patience: 2 }
  for (const [what, values, rule, last, best] of [
    ['outlasts a rise that is shorter than patience', [3, 2, 2.5, 1], LOSS, 4, 4],
    ['takes an equal value for no improvement', [2, 2, 2, 1], LOSS, 3, 1],
    ['takes an improvement of minDelta for none', [2, 1.5, 1.5], { ...LOSS, minDelta: 0.5 }, 3, 1],
    ['adds up improvements below minDelta', [2, 1.7, 1.4], { ...LOSS, minDelta: 0.5 }, 3, 3],
    ['wants an accuracy to rise', [0.5, 0.9, 0.8, 0.7, 1], { ...LOSS, metric: 'trainAccuracy' }, 4, 2],
  ] as const)
    it(what, () => assert.deepEqual(run({ rule, values: [...values] }), { last, best }))

  it('does not end a job without the field before its last epoch', () => {
    assert.deepEqual(
      [endsAfter({ epochs: 3 }, 2, undefined), endsAfter({ epochs: 3 }, 3, undefined)],
      [false, true],
    )
    assert.equal(bestEpoch([{ epoch: 1, validationLoss: 1 }], {}), undefined)
  })

  it('knows the metrics of each loss', () => {
    assert.equal(monitoredMetrics('categoricalCrossentropy', 10).at(-1), 'validationTop5Accuracy')
    assert.ok(!monitoredMetrics('categoricalCrossentropy', 5).includes('validationTop5Accuracy'))
    assert.ok(!monitoredMetrics('binaryCrossentropy', 10).includes('validationTop5Accuracy'))
    const ofErrors = ['validationLoss', 'validationMeanAbsoluteError', 'trainLoss', 'trainMeanAbsoluteError']
    assert.deepEqual(monitoredMetrics('meanSquaredError', 1), ofErrors)
  })
})
