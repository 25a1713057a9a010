import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JobRequest } from '#domain/training-spec.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { type Batch, batches } from '#workers/data/batches.ts'
import type { Examples, Split } from '#workers/data/examples.ts'
import { holdOut } from '#workers/data/hold-out.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import { prepareRun } from '#workers/training/prepare.ts'

function specOf(fields: object) {
  return resolveSpec(JobRequest.parse({ model: { preset: 'mnist-mlp' }, ...fields })).spec
}

/** Examples that their two pixels identify, of classes 0, 1 and 2 in the ratio 10 : 5 : 2. */
function numbered(count: number) {
  const indices = Array.from({ length: count }, (_, i) => i)
  return {
    x: Uint8Array.from(indices.flatMap(i => [i >> 8, i & 255])),
    labels: Uint8Array.from(indices, i => (i % 17 < 10 ? 0 : i % 17 < 15 ? 1 : 2)),
    count,
  }
}

test('MNIST is complete', async () => {
  const { training, validation } = await loadSplits(specOf({}))
  assert.equal(training.indices.length, 60_000)
  assert.equal(validation.indices.length, 10_000)
  assert.equal((training.examples as Examples).x.length, 60_000 * 28 * 28)
  // The counts on LeCun's page, which every reader of these files gives.
  const counts = new Array(10).fill(0)
  for (const label of training.examples.labels) counts[label]++
  assert.deepEqual(counts, [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
  assert.deepEqual([...training.examples.labels.subarray(0, 5)], [5, 0, 4, 1, 9])
})

test('batches hold each example of the split once, with its label, and the last batch holds the remainder', () => {
  const examples = numbered(1000)
  const indices = Uint32Array.from({ length: 300 }, (_, i) => 999 - 3 * i)
  const seen: number[] = []
  const sizes: number[] = []
  for (const { x, labels, size } of batches({ examples, indices }, 128)) {
    sizes.push(size)
    labels.forEach((label, row) => {
      const index = x[2 * row]! * 256 + x[2 * row + 1]!
      assert.equal(label, examples.labels[index])
      seen.push(index)
    })
  }
  assert.deepEqual(sizes, [128, 128, 44])
  assert.deepEqual(seen, [...indices])
})

test('every epoch visits all examples in its own order, which the seed determines', async () => {
  const splits = await loadSplits(specOf({ validation: { fraction: 0.01 } }))
  const orderOf = async (epoch: number, fields: object = {}) => {
    const spec = specOf({ batchSize: 6000, ...fields })
    const run = prepareRun(spec, splits, new AbortController().signal)
    const labels: number[] = []
    for await (const batch of run.trainingBatches(epoch)) labels.push(...(batch as Batch).labels)
    return labels
  }
  const first = await orderOf(1)
  assert.equal(first.length, 59_400)
  assert.deepEqual(await orderOf(1), first)
  assert.notDeepEqual(await orderOf(2), first)
  assert.notDeepEqual(await orderOf(1, { seed: 2 }), first)
  assert.deepEqual((await orderOf(2)).sort(), first.toSorted())
  const stored = [...splits.training.indices].map(index => splits.training.examples.labels[index]!)
  assert.deepEqual(await orderOf(1, { shuffle: false }), stored)
})

test('the held-out share is exact, stratified, seeded and disjoint', () => {
  const examples = numbered(1000)
  const { training, validation } = holdOut(examples, 0.1, 1)
  assert.equal(validation.indices.length, 100)
  assert.deepEqual(
    [...training.indices, ...validation.indices].sort((a, b) => a - b),
    [...Array(1000).keys()],
  )
  const perClass = (split: Split) =>
    [0, 1, 2].map(c => split.indices.filter(i => examples.labels[i] === c).length)
  const all = perClass({ examples, indices: Uint32Array.from(Array(1000).keys()) })
  perClass(validation).forEach((count, label) => {
    assert.ok(Math.abs(count - all[label]! * 0.1) < 1)
  })
  assert.deepEqual(holdOut(examples, 0.1, 1), { training, validation })
  assert.notDeepEqual(holdOut(examples, 0.1, 2).validation, validation)
})
