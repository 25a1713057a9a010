import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import type { Job } from '#domain/job.ts'
import { encodeCheckpoint } from '#formats/checkpoint.ts'
import { trainingText } from '#formats/model-metadata.ts'
import { finishAnalysis, finishedJob, newAnalysis } from '#test/support/finished-job.ts'
import { recordOf } from '#test/support/record.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const perClass = [
  { support: 3, predicted: 2, precision: 1, recall: 0.5, f1: 2 / 3 },
  { support: 0, predicted: 1, precision: 0, recall: null, f1: 0 },
]
const resultOf = (accuracy: number) => ({
  dataset: { id: 'mnist' },
  split: 'validation',
  source: 'test',
  examples: 3,
  classes: ['<b>', 'b'],
  models: [
    {
      jobId: 'job_a',
      metrics: { loss: 0.25, accuracy },
      perClass,
      confusion: [
        [2, 1],
        [0, 0],
      ],
      calibration: { expectedCalibrationError: 0.125, bins: [] },
    },
    { jobId: 'job_b', metrics: { loss: 0.5, accuracy: 1 }, perClass },
  ],
  comparison: {
    agreement: 0.75,
    perClass: [
      { class: 0, recallChange: -0.5, examplesChange: -1 },
      { class: 1, recallChange: null, examplesChange: 0 },
    ],
    costliest: [0],
    flipped: { count: 1, lost: 1, gained: 0, neither: 0, examples: [] },
  },
})

describe('the report of a job', () => {
  let api: Api
  let job: Job
  before(async () => {
    api = await startApi()
    job = await finishedJob(api.stores, {}, spec =>
      encodeCheckpoint(
        { ...recordOf('mnist-mlp', 0.01).checkpoint!, epoch: 1 },
        { training: trainingText(spec), engine: 'test' },
      ),
    )
  })
  after(() => api.stop())

  const get = (query = '') => request(api.url).get(`/v1/jobs/${job.id}/artifacts/report.html${query}`)
  const entries = async () => {
    const { body } = await request(api.url).get(`/v1/jobs/${job.id}/artifacts`)
    return body.data.filter(({ name }: { name: string }) => name === 'report.html')
  }
  async function evaluate(accuracy: number, more: object = {}): Promise<string> {
    const { id } = await newAnalysis(api.stores, job, more)
    await finishAnalysis(api.stores, id, resultOf(accuracy))
    return id
  }

  it('shows the newest finished evaluation of its model, each under a digest of its own', async () => {
    const before = await get()
    assert.doesNotMatch(before.text, /Evaluation/)
    assert.match(before.headers['cache-control']!, /no-cache/)

    await evaluate(0.5)
    const first = await get()
    assert.match(
      first.text,
      /<h2>Evaluation<\/h2>\n<p>3 examples, validation split of mnist, accuracy <b>50.00 %/,
    )
    assert.match(
      first.text,
      /Compared with job_b: accuracy 100.00 %, agrees on 75.00 %, examples lost: 1, gained: 0/,
    )
    assert.ok(
      first.text.includes(
        '<td>&#60;b&#62;</td><td>3</td><td>100.00 %</td><td>50.00 %</td><td>66.67 %</td><td>-50.00</td>',
      ),
    )
    assert.ok(first.text.includes('<tr><td>b</td><td>0</td><td>0</td></tr>'))
    assert.notEqual(first.headers.etag, before.headers.etag)

    const second = await evaluate(0.75)
    await newAnalysis(api.stores, job)
    const newest = await get()
    assert.match(newest.text, /accuracy <b>75.00 %/)
    assert.equal((await get().set('if-none-match', first.headers.etag!)).status, 200)
    assert.equal((await get().set('if-none-match', newest.headers.etag!)).status, 304)
    const [usual, ...others] = await entries()
    assert.equal(`"sha256-${usual.sha256}"`, newest.headers.etag)
    assert.deepEqual(
      others.map(({ checkpoint }: { checkpoint: number }) => checkpoint),
      [1],
    )

    await request(api.url).delete(`/v1/analyses/${second}`).expect(204)
    assert.equal((await get()).headers.etag, first.headers.etag)
  })

  it('shows none if it is requested as of a checkpoint', async () => {
    assert.doesNotMatch((await get('?checkpoint=1')).text, /Evaluation/)
  })

  it('shows no evaluation in which the job is the second one', async () => {
    const { text } = await get()
    const other = await finishedJob(api.stores)
    await evaluate(0.25, { jobs: [other.id, job.id] })
    assert.equal((await get()).text, text)
  })
})
