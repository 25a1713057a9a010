import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { FormatError } from '#formats/format-error.ts'
import { createApp } from '#src/app.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'
import type { Examples, Split } from '#workers/data/examples.ts'
import { loadSplits } from '#workers/data/load-splits.ts'

const SPEC = { validation: { split: 'test' }, seed: 1 } as const
const PIXELS = 1024

/** The binary version of CIFAR-10: a label, then the red, green and blue planes. */
function bytesOf(examples: Split['examples']): Buffer {
  return Buffer.from((examples as Examples).x as Uint8Array)
}

function encodeRecords({ x: pixels, labels }: Examples, from: number, to: number): Uint8Array {
  const file = new Uint8Array((to - from) * (1 + 3 * PIXELS))
  for (let image = from, at = 0; image < to; image++) {
    file[at++] = labels[image]!
    for (let channel = 0; channel < 3; channel++)
      for (let i = 0; i < PIXELS; i++) file[at++] = pixels[(image * PIXELS + i) * 3 + channel]!
  }
  return file
}

describe('CIFAR-10', () => {
  let folder: string
  let test: TestStores
  const request10 = { model: { preset: 'cifar10-cnn' }, epochs: 1 }
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thresher-datasets-'))
    test = await startStores()
  })
  after(async () => {
    await test.stop()
    await rm(folder, { recursive: true })
  })

  const ask = async () => {
    const app = await createApp(test.stores, test.children, { datasetsDir: folder })
    await app.ready()
    return { api: request(app.server), close: () => app.close() }
  }

  it('has a synthetic substitute that is always the same, and balanced', async () => {
    const [one, two] = [
      await loadSplits({ ...SPEC, dataset: { id: 'synthetic-cifar10' } }),
      await loadSplits({ ...SPEC, dataset: { id: 'synthetic-cifar10' } }),
    ]
    assert.equal(one.training.examples.count, 50_000)
    assert.ok(Buffer.from(bytesOf(one.validation.examples)).equals(bytesOf(two.validation.examples)))
    const counts = Array(10).fill(0)
    for (const label of one.training.examples.labels) counts[label]++
    assert.ok(Math.min(...counts) > 4700 && Math.max(...counts) < 5300, String(counts))
  })

  it('is missing until an operator provides it, and the error says where', async () => {
    const { api, close } = await ask()
    const { status, body } = await api.post('/v1/jobs').send(request10)
    assert.deepEqual([status, body.errors[0].path], [400, 'dataset.id'])
    assert.match(
      body.errors[0].message,
      /the file .*cifar10\/data_batch_1.bin is missing: put .* synthetic-cifar10 needs no files/,
    )
    assert.equal((await api.get('/v1/datasets/cifar10')).status, 404)
    await close()
  })

  it('is read from its binary version, image by image', async () => {
    const { training, validation } = await loadSplits({ ...SPEC, dataset: { id: 'synthetic-cifar10' } })
    await mkdir(join(folder, 'cifar10'))
    for (let batch = 0; batch < 5; batch++) {
      const records = encodeRecords(training.examples as Examples, batch * 10_000, (batch + 1) * 10_000)
      await writeFile(join(folder, 'cifar10', `data_batch_${batch + 1}.bin`), records)
    }
    await writeFile(
      join(folder, 'cifar10', 'test_batch.bin'),
      encodeRecords(validation.examples as Examples, 0, 10_000),
    )
    const read = await loadSplits({ ...SPEC, dataset: { id: 'cifar10' } }, { datasetsDir: folder })
    for (const split of ['training', 'validation'] as const) {
      const expected = split === 'training' ? training : validation
      assert.ok(bytesOf(read[split].examples).equals(bytesOf(expected.examples)))
      assert.deepEqual(read[split].examples.labels, expected.examples.labels)
    }
    const { api, close } = await ask()
    assert.equal((await api.get('/v1/datasets/cifar10')).body.splits.train, 50_000)
    assert.equal((await api.post('/v1/jobs').send(request10)).status, 201)
    await close()
  })

  it('is refused when a file ends early, naming the image in which it ends', async () => {
    await truncate(join(folder, 'cifar10', 'test_batch.bin'), 3073 * 41 + 5)
    await assert.rejects(
      loadSplits({ ...SPEC, dataset: { id: 'cifar10' } }, { datasetsDir: folder }),
      error => {
        assert.ok(error instanceof FormatError)
        assert.match(error.message, /end within image 42/)
        return true
      },
    )
  })
})
