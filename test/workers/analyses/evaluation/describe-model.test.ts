import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { EvaluationResult } from '#analyses/evaluation-result.ts'
import { compareModels } from '#workers/analyses/evaluation/compare-models.ts'
import { describeModel } from '#workers/analyses/evaluation/describe-model.ts'
import { evaluationFiles } from '#workers/analyses/evaluation/evaluation-files.ts'
import type { Predictions } from '#workers/analyses/evaluation/measure-model.ts'

const means = { loss: 1, metrics: {} }

/** Three classes, none of them of class 2. */
const CLASSES: Extract<Predictions, { form: 'class' }> = {
  form: 'class',
  classes: 3,
  values: {
    labels: [0, 0, 0, 1, 1],
    predicted: [0, 0, 1, 1, 2],
    probability: [0.9, 0.8, 0.5, 1, 1 / 15],
  },
}
const TWIN: Predictions = {
  form: 'class',
  classes: 3,
  values: { labels: [0, 0, 0, 1, 1], predicted: [0, 2, 0, 1, 0], probability: [1, 0.7, 0.6, 0.9, 0.4] },
}

describe('the evaluation of a model', () => {
  it('has precision, recall, F1 and support of each class, null where they are 0 of 0', () => {
    const { perClass, confusion } = describeModel('job_a', { means, predictions: CLASSES })
    assert.deepEqual(confusion, [
      [2, 1, 0],
      [0, 1, 1],
      [0, 0, 0],
    ])
    assert.deepEqual(perClass, [
      { support: 3, predicted: 2, precision: 1, recall: 2 / 3, f1: 4 / 5 },
      { support: 2, predicted: 2, precision: 1 / 2, recall: 1 / 2, f1: 1 / 2 },
      { support: 0, predicted: 1, precision: 0, recall: null, f1: 0 },
    ])
  })

  it('has the expected calibration error over 15 bins, each with its upper bound and without its lower one', () => {
    const { calibration } = describeModel('job_a', { means, predictions: CLASSES })
    const { bins, expectedCalibrationError } = calibration!
    assert.equal(bins.length, 15)
    const filled = bins.flatMap(({ count }, bin) => (count > 0 ? [[bin, count]] : []))
    // 1/15 is in the first bin, 0.5 in the eighth, 0.8 = 12/15 in the twelfth, 0.9 in the fourteenth, 1 in the last.
    assert.deepEqual(
      filled,
      [0, 7, 11, 13, 14].map(bin => [bin, 1]),
    )
    assert.deepEqual(bins[7], { above: 7 / 15, upTo: 8 / 15, count: 1, confidence: 0.5, accuracy: 0 })
    const gaps = Math.abs(1 - 0.9) + Math.abs(1 - 0.8) + 0.5 + 0 + 1 / 15
    assert.ok(Math.abs(expectedCalibrationError - gaps / 5) < 1e-12)
  })

  it('omits the confusion matrix of more than 100 classes, which the CSV file has', () => {
    const many = { ...CLASSES, classes: 101 }
    const model = describeModel('job_a', { means, predictions: many })
    assert.deepEqual([model.confusion, model.perClass!.length], [undefined, 101])
    const files = evaluationFiles({ models: [model] } as EvaluationResult, many, undefined)
    assert.equal(files['confusion.csv']!.trim().split('\r\n').length, 102)
    assert.equal(files['flipped.csv'], undefined)
  })

  it('has no confusion matrix of more than 1,000 classes', () => {
    const many = { ...CLASSES, classes: 1001 }
    const models = [describeModel('job_a', { means, predictions: many })]
    const files = evaluationFiles({ models } as EvaluationResult, many, undefined)
    assert.deepEqual(Object.keys(files), ['evaluation.json', 'per-class.csv'])
    assert.equal(files['per-class.csv']!.trim().split('\r\n').length, 1002)
  })

  it('measures each of several labels by itself', () => {
    const values = { labels: [1, 0, 1, 1, 0, 0], predicted: [1, 1, 0, 1, 0, 1] }
    const { perClass, confusion } = describeModel('job_a', {
      means,
      predictions: { form: 'labels', width: 2, values },
    })
    assert.deepEqual(perClass, [
      { support: 2, predicted: 1, precision: 1, recall: 1 / 2, f1: 2 / 3 },
      { support: 1, predicted: 3, precision: 1 / 3, recall: 1, f1: 1 / 2 },
    ])
    assert.equal(confusion, undefined)
  })

  it('has the errors of each target', () => {
    const values = {
      targets: Float32Array.of(1, 5, 3, 5),
      outputs: Float32Array.of(2, 5, 3, 7),
      width: 2,
    }
    const { perTarget } = describeModel('job_a', { means, predictions: { form: 'numbers', values } }, ['a'])
    assert.deepEqual(perTarget, [
      { name: 'a', meanAbsoluteError: 0.5, rootMeanSquaredError: Math.sqrt(0.5), r2: 1 - 1 / 2 },
      { meanAbsoluteError: 1, rootMeanSquaredError: Math.sqrt(2), r2: null },
    ])
  })
})

describe('two models', () => {
  it('are compared by agreement, classes and flipped examples in both directions', () => {
    const indices = Uint32Array.of(10, 11, 12, 13, 14)
    const { comparison, flips } = compareModels(CLASSES, TWIN, indices)
    const examples = [
      { index: 11, label: 0, predicted: [0, 2], probability: [0.8, 0.7], change: 'gained' },
      { index: 12, label: 0, predicted: [1, 0], probability: [0.5, 0.6], change: 'lost' },
      { index: 14, label: 1, predicted: [2, 0], probability: [0.06666667, 0.4], change: 'neither' },
    ]
    assert.deepEqual(flips, examples)
    assert.deepEqual(comparison, {
      agreement: 2 / 5,
      perClass: [
        { class: 0, recallChange: 0, examplesChange: 0 },
        { class: 1, recallChange: 0, examplesChange: 0 },
        { class: 2, recallChange: null, examplesChange: 0 },
      ],
      costliest: [],
      flipped: { count: 3, lost: 1, gained: 1, neither: 1, examples },
    })
  })

  it('name the classes that the first has lost most', () => {
    const labels = [0, 0, 1, 1, 1, 2]
    const of = (predicted: number[]): Predictions => ({
      form: 'class',
      classes: 3,
      values: { labels, predicted, probability: labels },
    })
    const { comparison } = compareModels(of([0, 1, 2, 2, 1, 2]), of(labels), new Uint32Array(6))
    assert.deepEqual(comparison.costliest, [1, 0])
    assert.deepEqual(comparison.perClass![1], { class: 1, recallChange: -2 / 3, examplesChange: -2 })
  })

  it('have all flipped examples in the CSV file, and the first 1,000 in the result', () => {
    const count = 1500
    const of = (predicted: number): Predictions => ({
      form: 'class',
      classes: 2,
      values: {
        labels: new Int32Array(count),
        predicted: new Int32Array(count).fill(predicted),
        probability: new Float32Array(count).fill(0.5),
      },
    })
    const { comparison, flips } = compareModels(of(0), of(1), new Uint32Array(count))
    const { flipped } = comparison
    assert.deepEqual([flipped!.count, flipped!.gained, flipped!.examples.length], [count, count, 1000])
    const models = [describeModel('job_a', { means, predictions: of(0) })]
    const result = { classes: ['a "b", c', 'd'], models, comparison } as unknown as EvaluationResult
    const files = evaluationFiles(result, of(0), flips)
    const [header, first, ...rest] = files['flipped.csv']!.trim().split('\r\n')
    assert.equal(header, 'index,class,predicted,probability,predictedBySecond,probabilityBySecond,change')
    assert.equal(first, '0,"a ""b"", c","a ""b"", c",0.5,d,0.5,gained')
    assert.equal(rest.length, count - 1)
  })

  it('of numbers are compared by their outputs and errors', () => {
    const of = (outputs: number[]): Predictions => ({
      form: 'numbers',
      values: { targets: Float32Array.of(0, 0), outputs: Float32Array.from(outputs), width: 1 },
    })
    const { comparison } = compareModels(of([1, 2]), of([0, 4]), Uint32Array.of(0, 1))
    assert.deepEqual(comparison, { perTarget: [{ meanDifference: 1.5, meanAbsoluteErrorChange: -0.5 }] })
  })
})
