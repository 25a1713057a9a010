import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { edited, nameOf, valueAt, withValue } from '#web/src/form/path.ts'

describe('a value at a path', () => {
  it('is found in objects and lists, and is undefined where a key is missing', () => {
    const document = { augmentation: ['horizontalFlip', { name: 'randomCrop', padding: 4 }] }
    assert.equal(valueAt(document, ['augmentation', 1, 'padding']), 4)
    assert.equal(valueAt(document, ['optimizer', 'c']), undefined)
    assert.equal(valueAt(document, ['augmentation', 0, 'name', 'first']), undefined)
  })

  it('is set in a copy, with the objects on the way', () => {
    const document = { epochs: 3 }
    const changed = withValue(document, ['finish', 'prune', 'sparsity'], 0.9)
    assert.deepEqual(changed, { epochs: 3, finish: { prune: { sparsity: 0.9 } } })
    assert.deepEqual(document, { epochs: 3 })
  })

  it('is removed by undefined: a key of an object, an entry of a list', () => {
    assert.deepEqual(withValue({ target: { sparsity: 0.9 }, epochs: 1 }, ['target'], undefined), {
      epochs: 1,
    })
    assert.deepEqual(withValue({ finish: { tradeoff: true } }, ['finish', 'tradeoff'], undefined), {
      finish: {},
    })
    assert.deepEqual(withValue({ artifacts: ['sparse', 'keras'] }, ['artifacts', 0], undefined), {
      artifacts: ['keras'],
    })
  })

  it('makes no object for a value that is removed', () => {
    assert.deepEqual(withValue({ artifacts: ['sparse'] }, ['artifacts', 1], 'onnx'), {
      artifacts: ['sparse', 'onnx'],
    })
  })

  it('takes the empty objects around it along when a form removes it', () => {
    const document = { finish: { prune: { sparsity: 0.9 } }, model: { preset: 'mnist-mlp' } }
    assert.deepEqual(edited(document, ['finish', 'prune', 'sparsity'], undefined), {
      model: { preset: 'mnist-mlp' },
    })
    assert.deepEqual(edited({ epochs: 1 }, ['epochs'], undefined), {})
  })

  it('has the name that the service uses in its errors', () => {
    assert.equal(nameOf(['augmentation', 0, 'padding']), 'augmentation.0.padding')
  })
})
