import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { UploadedData } from '#domain/dataset.ts'
import { JobRequest } from '#domain/training-spec.ts'
import { FolderRequest } from '#ingest/dataset-request.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'

const page = readFileSync(new URL('../../docs/imagenet.md', import.meta.url), 'utf8')
const ID = `dataset_${'0'.repeat(26)}`

/** The bodies of the page's curl commands to a path. */
function bodies(path: string): unknown[] {
  return [...page.matchAll(new RegExp(`curl -sS localhost:3000${path} .* -d '\\n([^]*?})'\\n`, 'g'))].map(
    ([, body]) => JSON.parse(body!.replaceAll("'$DATASET'", ID)),
  )
}

const IMAGENET: UploadedData = {
  dtype: 'uint8',
  inputShape: [224, 224, 3],
  classes: Array.from({ length: 1000 }, (_, label) => `n${label}`),
  splits: { train: 1_281_167, test: 50_000 },
  folder: 'imagenet',
  sha256: '0'.repeat(64),
}

test('the documented commands for ImageNet are what the service takes', () => {
  const [folder] = bodies('/v1/datasets')
  assert.equal(FolderRequest.parse(folder).folder, 'imagenet')
  const specs = bodies('/v1/jobs').map(body => resolveSpec(JobRequest.parse(body), { upload: IMAGENET }).spec)
  assert.deepEqual(
    specs.map(({ optimizer, schedule }) => [optimizer.name === 'grda' ? optimizer.mu : 0, schedule.name]),
    [
      [0, 'constant'],
      [0.501, 'constant'],
      [0.51, 'constant'],
      [0.55, 'constant'],
      [0.501, 'multiStep'],
      [0.51, 'multiStep'],
      [0.55, 'multiStep'],
    ],
  )
  for (const { batchSize, augmentation, dataset } of specs) {
    assert.deepEqual(
      [batchSize, augmentation],
      [256, [{ name: 'randomResizedCrop' }, { name: 'horizontalFlip' }]],
    )
    assert.deepEqual(dataset.normalize?.mean, [0.485, 0.456, 0.406])
  }
})
