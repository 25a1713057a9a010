import assert from 'node:assert/strict'
import { it } from 'node:test'
import { parseJson } from '#web/src/form/parse-json.ts'
import { requestCodec } from '#web/src/form/request-in-url.ts'
import { labelOf, numberOrText, shortValue } from '#web/src/form/words.ts'

it('labels are words; symbols stay', () => {
  assert.deepEqual(['learningRate', 'sizeBytes', 'c', 'mu'].map(labelOf), [
    'Learning rate',
    'Size in bytes',
    'c',
    'mu',
  ])
})

it('what is not a number stays a text, so that the service can refuse it at its field', () => {
  assert.equal(numberOrText(' 5e-3 '), 0.005)
  assert.equal(numberOrText('1,000'), '1,000')
  assert.equal(numberOrText(' '), undefined)
})

it('values are shown in a few characters', () => {
  assert.equal(shortValue({ name: 'grda', learningRate: 0.3 }), 'grda')
  assert.equal(shortValue('x'.repeat(50)).length, 40)
})

it('a text that is not JSON has the place of its mistake', () => {
  assert.deepEqual(parseJson('{"epochs": 3}'), { value: { epochs: 3 } })
  assert.match(parseJson('{\n  "epochs": 3,\n}').error!, /line 3/)
})

it('a request is kept in the address unless it is long', () => {
  const request = { epochs: 3 }
  assert.deepEqual(requestCodec.read(requestCodec.write(request)), request)
  assert.equal(requestCodec.write({ name: 'x'.repeat(5000) }), null)
  assert.equal(requestCodec.read('not JSON'), undefined)
})
