import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import request from 'supertest'
import { encodeCheckpoint } from '#formats/checkpoint.ts'
import { trainingText } from '#formats/model-metadata.ts'
import { finishedJob } from '#test/support/finished-job.ts'
import { recordOf } from '#test/support/record.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const FILE = 'model.sparse.safetensors?dtype=int8'

let api: Api
before(async () => {
  api = await startApi()
})
after(() => api.stop())

it('an int8 file is made although the data are not on the host of the api, and its entry says so', async () => {
  const { checkpoint } = recordOf('cifar10-cnn', 0.01)
  const job = await finishedJob(api.stores, { model: { preset: 'cifar10-cnn' } }, spec =>
    encodeCheckpoint({ ...checkpoint!, epoch: 1 }, { training: trainingText(spec), engine: 'test' }),
  )
  assert.equal(job.spec.dataset.id, 'cifar10')
  const folder = `/v1/jobs/${job.id}/artifacts`
  const { status, text } = await request(api.url).get(`${folder}/${FILE}`)
  assert.equal(status, 200, text)
  const { body } = await request(api.url).get(folder)
  const { rounding } = body.data.find(
    (entry: { variant?: { dtype: string } }) => entry.variant?.dtype === 'int8',
  )
  assert.equal(rounding.validation, undefined)
  assert.equal(rounding.notMeasured, 'The files of the dataset cifar10 are not on the host of the api.')
  assert.ok(rounding.maxAbsoluteError > 0)
})
