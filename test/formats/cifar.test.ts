import assert from 'node:assert/strict'
import { it } from 'node:test'
import { decodeCifar } from '#formats/cifar.ts'
import { FormatError } from '#formats/format-error.ts'

const PIXELS = 1024

/** A record whose red, green and blue planes are one value each. */
const record = (labels: readonly number[], colour: readonly number[]) =>
  Buffer.concat([Buffer.from(labels), ...colour.map(value => Buffer.alloc(PIXELS, value))])

it('CIFAR-100 is read by its fine labels, pixels channel by channel', () => {
  const file = Buffer.concat([record([3, 42], [10, 20, 30]), record([0, 99], [1, 2, 3])])
  const { pixels, labels, count } = decodeCifar(file, 100)
  assert.equal(count, 2)
  assert.deepEqual([...labels], [42, 99])
  assert.deepEqual([...pixels.subarray(0, 6)], [10, 20, 30, 10, 20, 30])
  assert.deepEqual([...pixels.subarray(-3)], [1, 2, 3])
})

it('a label that there is no class for is refused by its image', () => {
  const file = Buffer.concat([record([9], [0, 0, 0]), record([10], [0, 0, 0])])
  assert.throws(() => decodeCifar(file, 10), new FormatError('image 2 has label 10; 9 is the last class'))
})
