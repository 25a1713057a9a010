import assert from 'node:assert/strict'
import { it } from 'node:test'
import { placed } from '#web/src/form/problems.ts'

it('a mistake is shown at its field, at the closest field around it, or above the form', () => {
  const shown = new Set(['optimizer.c', 'augmentation'])
  const { atFields, elsewhere } = placed(
    [
      { path: 'optimizer.c', message: 'Too big.' },
      { path: 'augmentation.0.padding', message: 'Expected a number.' },
      { path: 'modle', message: 'Unknown field.' },
    ],
    shown,
  )
  assert.deepEqual(
    [...atFields],
    [
      ['optimizer.c', ['Too big.']],
      ['augmentation', ['augmentation.0.padding: Expected a number.']],
    ],
  )
  assert.deepEqual(elsewhere, [{ path: 'modle', message: 'Unknown field.' }])
})
