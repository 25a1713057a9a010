import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { UploadedData } from '#domain/dataset.ts'
import type { AppError } from '#domain/error.ts'
import { JobRequest } from '#domain/training-spec.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'

/** The result of submitting a job with one output for a dataset with these classes. */
function mistakesWith(loss: string, classes: string[], units = 1): string[] {
  const layer = (class_name: string, config: object) => ({ class_name, config })
  const layers = [
    layer('InputLayer', { name: 'x', batch_shape: [null, 2] }),
    layer('Dense', { name: 'y', units, activation: loss === 'binaryCrossentropy' ? 'sigmoid' : 'linear' }),
  ]
  const request = JobRequest.parse({
    model: { topology: { class_name: 'Sequential', config: { layers } } },
    dataset: { id: `dataset_${'0'.repeat(26)}` },
    optimizer: { name: 'sgd', learningRate: 0.1 },
    batchSize: 1,
    loss,
  })
  const splits = { train: 20, test: 0 }
  const upload: UploadedData = { dtype: 'float32', inputShape: [2], classes, splits, sha256: '' }
  try {
    resolveSpec(request, { upload })
    return []
  } catch (error) {
    return (error as AppError).mistakes!.map(({ message }) => message)
  }
}

describe('one output for classes', () => {
  it('is trained by squared error if each class is named by its index', () => {
    assert.deepEqual(mistakesWith('meanSquaredError', ['0', '1', '2']), [])
    assert.deepEqual(mistakesWith('meanAbsoluteError', ['no', 'yes']), [])
  })

  it('is refused if it would be trained on numbers that are not the labels', () => {
    for (const classes of [
      ['1', '2', '4'],
      ['-1', '1'],
      ['ant', 'bee', 'cat'],
    ])
      assert.match(
        mistakesWith('meanSquaredError', classes)[0]!,
        /train on the class indices of .*, and not on its labels.*"labels": "targets"/,
      )
    assert.deepEqual(mistakesWith('meanSquaredError', ['1', '2', '4'], 3), [])
  })

  it('is trained by binary cross-entropy if there are two classes', () => {
    assert.deepEqual(mistakesWith('binaryCrossentropy', ['-1', '1']), [])
    assert.equal(mistakesWith('binaryCrossentropy', ['a', 'b', 'c']).length, 1)
  })
})
