import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { randomStream } from '#network/random.ts'
import { augmenter, type EpochAugmentation } from '#workers/data/augment.ts'
import { augmentedBatches } from '#workers/data/augmented-batches.ts'
import { wholeSplit } from '#workers/data/examples.ts'

const SIDE = 12
const STRIDE = SIDE * SIDE
const COUNT = 103
const BATCH = 10
const epochAugmentation: EpochAugmentation = {
  augmentation: [{ randomCrop: { padding: 2 } }, 'horizontalFlip'],
  inputShape: [SIDE, SIDE, 1],
  seed: 3,
  epoch: 2,
}
const random = randomStream(1, 'test')
const split = wholeSplit({
  x: Uint8Array.from({ length: COUNT * STRIDE }, () => random.below(256)),
  labels: Uint8Array.from({ length: COUNT }, (_, index) => index),
  count: COUNT,
})

/** One example, augmented by itself. */
function augmentedAlone(index: number): Uint8Array {
  const target = new Uint8Array(STRIDE)
  augmenter(epochAugmentation)(split.examples.x.subarray(index * STRIDE, (index + 1) * STRIDE), target, index)
  return target
}

for (const [who, pauseMs] of [
  ['this thread, as nothing waits for the other', 0],
  ['the other thread, as there is time', 40],
] as const) {
  test(`batches augmented by ${who} have the bytes of each example augmented by itself`, async () => {
    // The other thread takes a moment to start.
    if (pauseMs > 0) await wait(1000)
    const seen: number[] = []
    for (const { x, labels, size } of augmentedBatches(split, BATCH, epochAugmentation, 2)) {
      if (pauseMs > 0) await wait(pauseMs)
      labels.forEach((label, row) => {
        assert.deepEqual(x.slice(row * STRIDE, (row + 1) * STRIDE), augmentedAlone(label))
        seen.push(label)
      })
      assert.equal(labels.length, size)
    }
    assert.deepEqual(seen, [...split.indices.subarray(2 * BATCH)])
  })
}

test('a training that stops early and the next one both get their batches', () => {
  const first = augmentedBatches(split, BATCH, epochAugmentation)
  first.next()
  first.return()
  assert.equal([...augmentedBatches(split, BATCH, epochAugmentation)].length, Math.ceil(COUNT / BATCH))
})
