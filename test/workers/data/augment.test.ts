import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Augmentation } from '#domain/augmentation.ts'
import { augmenter } from '#workers/data/augment.ts'

/** 3 x 4 pixels of 2 channels, with distinct values, none of them black. */
const SHAPE = [3, 4, 2]
const IMAGE = Uint8Array.from({ length: 24 }, (_, i) => i + 1)

function augmented(augmentations: Augmentation[], index: number, epoch = 1, seed = 1): number[] {
  const target = new Uint8Array(IMAGE.length)
  augmenter({ augmentation: augmentations, inputShape: SHAPE, seed, epoch })(IMAGE, target, index)
  return [...target]
}

function pixel(image: ArrayLike<number>, y: number, x: number): number[] {
  return [image[(y * 4 + x) * 2]!, image[(y * 4 + x) * 2 + 1]!]
}

test('a flip mirrors about half of the images, pixel by pixel', () => {
  let mirrored = 0
  for (let index = 0; index < 200; index++) {
    const image = augmented(['horizontalFlip'], index)
    const isMirrored = image[0] !== IMAGE[0]
    if (isMirrored) mirrored++
    for (let y = 0; y < 3; y++) {
      for (let x = 0; x < 4; x++)
        assert.deepEqual(pixel(image, y, x), pixel(IMAGE, y, isMirrored ? 3 - x : x))
    }
  }
  assert.ok(mirrored > 70 && mirrored < 130, `${mirrored} of 200`)
})

test('a padded crop shifts the image by at most its padding, all shifts being equally likely, and fills with black', () => {
  const seen = new Set<string>()
  for (let index = 0; index < 400; index++) {
    const image = augmented([{ randomCrop: { padding: 1 } }], index)
    const shifts = [-1, 0, 1].flatMap(down => [-1, 0, 1].map(right => [down, right] as const))
    const shift = shifts.find(([down, right]) => {
      for (let y = 0; y < 3; y++) {
        for (let x = 0; x < 4; x++) {
          const [fromY, fromX] = [y + down, x + right]
          const isInside = fromY >= 0 && fromY < 3 && fromX >= 0 && fromX < 4
          const expected = isInside ? pixel(IMAGE, fromY, fromX) : [0, 0]
          if (String(pixel(image, y, x)) !== String(expected)) return false
        }
      }
      return true
    })
    assert.ok(shift, `image ${index} is no shift: ${image}`)
    seen.add(String(shift))
  }
  assert.equal(seen.size, 9)
})

test('a resized crop keeps a flat image flat, and a gradient within its range and direction', () => {
  const flat = new Uint8Array(24).fill(77)
  const target = new Uint8Array(24)
  for (let index = 0; index < 50; index++) {
    augmenter({ augmentation: ['randomResizedCrop'], inputShape: SHAPE, seed: 1, epoch: 1 })(
      flat,
      target,
      index,
    )
    assert.deepEqual([...target], [...flat])
    const image = augmented(['randomResizedCrop'], index)
    assert.ok(image.every(value => value >= 1 && value <= 24))
    for (let y = 0; y < 3; y++) {
      for (let x = 1; x < 4; x++) assert.ok(pixel(image, y, x)[0]! >= pixel(image, y, x - 1)[0]!)
    }
  }
})

test('the augmentation of an image depends only on seed, epoch and index', () => {
  const both: Augmentation[] = [{ randomCrop: { padding: 2 } }, 'horizontalFlip']
  const all = (epoch: number, seed: number) =>
    Array.from({ length: 20 }, (_, index) => augmented(both, index, epoch, seed))
  const first = all(1, 1)
  const backwards = Array.from({ length: 20 }, (_, index) => augmented(both, 19 - index)).reverse()
  assert.deepEqual(backwards, first)
  assert.notDeepEqual(all(2, 1), first)
  assert.notDeepEqual(all(1, 2), first)
})
