import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FormatError } from '#formats/format-error.ts'
import { decodeIdx } from '#formats/idx.ts'

const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255)

test('shape and bytes of an IDX file', () => {
  assert.deepEqual(decodeIdx(images), { shape: [2, 1, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 255) })
  assert.deepEqual(decodeIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 1, 0, ...Array(256).fill(7))).shape, [256])
  assert.deepEqual(decodeIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 0)), { shape: [0], data: new Uint8Array(0) })
})

const broken: [string, Uint8Array, RegExp][] = [
  ['an empty file', new Uint8Array(0), /starts with two zero bytes/],
  ['a gzipped file', Uint8Array.of(0x1f, 0x8b, 8, 0), /starts with two zero bytes/],
  ['float elements', Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 0), /must be uint8 \(8\), not f4 \(13\)/],
  ['unknown elements', Uint8Array.of(0, 0, 10, 1, 0, 0, 0, 0), /starts with two zero bytes/],
  ['half a header', images.subarray(0, 15), /rank 3 takes 16 bytes, the file has 15/],
  ['missing elements', images.subarray(0, 21), /\[2,1,3\] takes 6 bytes, the file has 5/],
  ['elements left over', Uint8Array.of(...images, 0), /\[2,1,3\] takes 6 bytes, the file has 7/],
  [
    'a vast shape',
    Uint8Array.of(0, 0, 8, 2, ...Array(8).fill(255)),
    /takes 1844674\d+ bytes, the file has 0/,
  ],
]

for (const [what, bytes, message] of broken) {
  test(`the reader says what is wrong with ${what}`, () => {
    assert.throws(
      () => decodeIdx(bytes),
      error => error instanceof FormatError && message.test(error.message),
    )
  })
}
