import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { ONE_LAYER } from '#test/support/post-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const JOB = { model: { preset: 'mnist-mlp' } }
const [flatten, out] = ONE_LAYER.layers
const REGRESSION = {
  model: { topology: { ...ONE_LAYER, layers: [flatten, { ...out, units: 1 }] } },
  dataset: { id: 'mnist' },
  optimizer: { name: 'sgd', learningRate: 0.01 },
  loss: 'meanSquaredError',
}

describe('the field earlyStopping', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())
  const submit = (body: object) => request(api.url).post('/v1/jobs').send(body)

  it('is stored with its defaults, survives a repetition of the spec, and is removed by null in a clone', async () => {
    const earlyStopping = { metric: 'validationTop5Accuracy', patience: 3 }
    const { status, body } = await submit({ ...JOB, earlyStopping })
    assert.equal(status, 201)
    assert.deepEqual(body.spec.earlyStopping, { ...earlyStopping, minDelta: 0, restoreBest: true })
    const again = await submit(body.spec)
    assert.deepEqual(again.body.spec, body.spec)
    const clone = (change: object) => request(api.url).post(`/v1/jobs/${body.id}/clone`).send(change)
    assert.deepEqual((await clone({})).body.spec.earlyStopping, body.spec.earlyStopping)
    assert.equal('earlyStopping' in (await clone({ earlyStopping: null })).body.spec, false)
    assert.equal('earlyStopping' in (await submit(JOB)).body.spec, false)
  })

  it('is part of a dry run, which warns of a choice on the test split', async () => {
    const dry = (body: object) => request(api.url).post('/v1/jobs?dryRun=true').send(body)
    const earlyStopping = { metric: 'validationLoss', patience: 2 }
    const paths = ({ warnings }: { warnings: { code: string; path: string }[] }) =>
      warnings.filter(({ code }) => code === 'best_chosen_on_test').map(({ path }) => path)
    const { status, body } = await dry({ ...JOB, earlyStopping, epochs: 4 })
    assert.deepEqual([status, body.plan.epochs.length], [200, 4])
    assert.deepEqual(paths(body), ['checkpoint.bestBy', 'earlyStopping.metric'])
    const heldOut = await dry({ ...JOB, earlyStopping, validation: { fraction: 0.1 } })
    assert.deepEqual(paths(heldOut.body), [])
    const onTraining = await dry({ ...JOB, earlyStopping: { metric: 'trainLoss', patience: 2 } })
    assert.deepEqual(paths(onTraining.body), ['checkpoint.bestBy'])
  })

  for (const [what, job, earlyStopping, path, message] of [
    [
      'an unknown metric',
      JOB,
      { metric: 'valLoss', patience: 2 },
      'metric',
      /must be one of: trainLoss, .*not "valLoss"/,
    ],
    [
      'a metric that the loss does not have',
      JOB,
      { metric: 'validationMeanAbsoluteError', patience: 2 },
      'metric',
      /must be a metric of categoricalCrossentropy: validationLoss, validationAccuracy, .*; not "validationMeanAbs/,
    ],
    [
      'an accuracy without classes',
      REGRESSION,
      { metric: 'validationAccuracy', patience: 2 },
      'metric',
      /must be a metric of meanSquaredError: validationLoss, validationMeanAbsoluteError/,
    ],
    ['no metric', JOB, { patience: 2 }, 'metric', /is required: one of: trainLoss/],
    ['no patience', JOB, { metric: 'trainLoss' }, 'patience', /is required/],
    ['patience 0', JOB, { metric: 'trainLoss', patience: 0 }, 'patience', /at least 1/],
    [
      'a negative minDelta',
      JOB,
      { metric: 'trainLoss', patience: 1, minDelta: -1 },
      'minDelta',
      /at least 0/,
    ],
    [
      'an unknown field',
      JOB,
      { metric: 'trainLoss', patience: 1, minDleta: 1 },
      'minDleta',
      /Did you mean "minDelta"/,
    ],
  ] as const)
    it(`refuses ${what} by its path`, async () => {
      const { status, body } = await submit({ ...job, earlyStopping })
      assert.deepEqual([status, body.code], [400, 'invalid_request'])
      const found = body.errors.find((error: { path: string }) => error.path === `earlyStopping.${path}`)
      assert.match(found?.message ?? JSON.stringify(body.errors), message)
    })
})
