import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { type Api, startApi } from '#test/support/start-api.ts'

const GRDA = { name: 'grda', learningRate: 0.3, c: 0.002, mu: 0.6 }
const { c: _, ...OPEN } = GRDA
const GROUPED = { ...GRDA, group: 'outputChannels' }
const JOB = { model: { preset: 'mnist-mlp' }, optimizer: GRDA, epochs: 4 }
const STOPPING = { metric: 'validationLoss', patience: 2 }

describe('the fields target, finish and mask', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())
  const submit = (body: object) => request(api.url).post('/v1/jobs').send(body)
  const dry = (body: object) => request(api.url).post('/v1/jobs?dryRun=true').send(body)

  it('are stored with their defaults and survive a repetition of the spec', async () => {
    const { status, body } = await submit({
      ...JOB,
      finish: { prune: { sparsity: 0.95 }, fineTune: { epochs: 2 } },
    })
    assert.equal(status, 201)
    const { prune, fineTune } = body.spec.finish
    assert.deepEqual(prune, { sparsity: 0.95, rule: 'magnitude', scope: 'global' })
    assert.deepEqual([fineTune.epochs, fineTune.optimizer.name, fineTune.schedule.name], [2, 'sgd', 'cosine'])
    assert.equal(body.progress.epochs, 6)
    const again = await submit(body.spec)
    assert.deepEqual(again.body.spec, body.spec)
  })

  it('are removed by null in a clone', async () => {
    const finish = { prune: { sparsity: 0.95 }, fineTune: { epochs: 2 } }
    const { body: tuned } = await submit({ ...JOB, finish })
    const { body: targeted } = await submit({ ...JOB, target: { sparsity: 0.9 } })
    const clone = (id: string, change: object) => request(api.url).post(`/v1/jobs/${id}/clone`).send(change)
    assert.deepEqual((await clone(tuned.id, {})).body.spec.finish, tuned.spec.finish)
    assert.equal((await clone(tuned.id, { finish: null })).body.spec.finish?.fineTune, undefined)
    assert.equal((await clone(targeted.id, { target: null })).body.spec.target, undefined)
  })

  it('let a target choose the scale of the threshold', async () => {
    const { status, body } = await submit({ ...JOB, optimizer: OPEN, target: { sparsity: 0.95 } })
    assert.equal(status, 201)
    assert.ok(body.spec.optimizer.c > 0)
    assert.deepEqual(body.spec.target, { sparsity: 0.95 })
    // In the same order of fields: the files of both jobs have the same bytes.
    assert.equal(JSON.stringify((await submit(body.spec)).body.spec), JSON.stringify(body.spec))
  })

  it('give a preset the training that was measured with targets, unless the request has its own', async () => {
    const model = { preset: 'mnist-mlp' }
    const { body } = await submit({ model, target: { sparsity: 0.95 } })
    const { optimizer, epochs } = body.spec
    assert.deepEqual([optimizer.learningRate, optimizer.mu, epochs], [0.3, 0.6, 10])
    const explicit = await submit({ model, target: { sparsity: 0.95 }, optimizer, epochs })
    assert.deepEqual(explicit.body.spec, body.spec)
    const own = await submit({ ...JOB, target: { sparsity: 0.95 } })
    assert.deepEqual([own.body.spec.optimizer.c, own.body.spec.epochs], [GRDA.c, JOB.epochs])
    const original = await submit({ model })
    assert.deepEqual([original.body.spec.optimizer.learningRate, original.body.spec.epochs], [0.005, 100])
  })

  it('let another target choose the scale again in a clone, unless the scale was given', async () => {
    const clone = (id: string, change: object) => request(api.url).post(`/v1/jobs/${id}/clone`).send(change)
    const dense = { sparsity: 0.5 }
    const { body: open } = await submit({ ...JOB, optimizer: OPEN, target: { sparsity: 0.95 } })
    const { body: fresh } = await submit({ ...JOB, optimizer: OPEN, target: dense })
    assert.deepEqual((await clone(open.id, {})).body.spec, open.spec)
    assert.deepEqual((await clone(open.id, { target: dense })).body.spec, fresh.spec)
    const { status, body } = await clone(open.id, { target: null })
    assert.deepEqual([status, body.errors?.[0].path], [400, 'optimizer.c'])
    const { body: given } = await submit({ ...JOB, target: { sparsity: 0.95 } })
    assert.equal((await clone(given.id, { target: dense })).body.spec.optimizer.c, GRDA.c)
  })

  for (const [what, fields, path, message] of [
    ['no c and no target', { optimizer: OPEN }, 'optimizer.c', /is required unless `target` is given/],
    [
      'a target with an optimizer that does not prune',
      { optimizer: { name: 'adam', learningRate: 0.001 }, target: { sparsity: 0.9 } },
      'target',
      /needs an optimizer with a threshold \(grda\), not adam; with adam, use finish.prune/,
    ],
    ['a target without a goal', { target: {} }, 'target.sparsity', /give one of `sparsity` and `sizeBytes`/],
    [
      'a target with two goals',
      { target: { sparsity: 0.9, sizeBytes: 100_000 } },
      'target.sparsity',
      /give one of `sparsity` and `sizeBytes`/,
    ],
    ['a target of 1', { target: { sparsity: 1 } }, 'target.sparsity', /less than 1/],
    [
      'a target that leaves no weight',
      { target: { sparsity: 0.9999999 } },
      'target.sparsity',
      /must be at most 0.9999: no weight would remain/,
    ],
    [
      'a target above what exclude allows',
      { optimizer: { ...GRDA, exclude: ['bias', 'dense_1'] }, target: { sparsity: 0.9 } },
      'target.sparsity',
      /must be at most 0\.0\d+: \d+ of the 407050 weights are never cut/,
    ],
    [
      'a size below that of a file without weights',
      { target: { sizeBytes: 100 } },
      'target.sizeBytes',
      /must be at least \d{4}/,
    ],
    [
      'a target with early stopping',
      { target: { sparsity: 0.9 }, earlyStopping: STOPPING },
      'earlyStopping',
      /must be omitted with target/,
    ],
    [
      'a target with a cut',
      { target: { sparsity: 0.9 }, finish: { prune: { sparsity: 0.9 } } },
      'finish.prune',
      /must be omitted/,
    ],
    [
      'a cut by threshold without one',
      {
        optimizer: { name: 'sgd', learningRate: 0.1 },
        finish: { prune: { sparsity: 0.9, rule: 'threshold' } },
      },
      'finish.prune.rule',
      /must be "magnitude"/,
    ],
    [
      'early stopping with a cut and no fine-tuning',
      { earlyStopping: STOPPING, finish: { prune: { sparsity: 0.9 } } },
      'earlyStopping',
      /needs finish.fineTune/,
    ],
    [
      'a threshold for each layer',
      { finish: { prune: { sparsity: 0.9, rule: 'threshold', scope: 'layer' } } },
      'finish.prune.scope',
      /must be "global" for the rule "threshold"/,
    ],
    [
      'fine-tuning of 0 epochs',
      { finish: { fineTune: { epochs: 0 } } },
      'finish.fineTune.epochs',
      /at least 1/,
    ],
    [
      'fine-tuning that excludes an unknown layer',
      { finish: { fineTune: { epochs: 1, optimizer: { ...GRDA, exclude: ['conv9'] } } } },
      'finish.fineTune.optimizer.exclude.0',
      /must be one of/,
    ],
    [
      'a target with groups',
      { optimizer: GROUPED, target: { sparsity: 0.9 } },
      'target',
      /needs an optimizer without group.*use finish.prune/,
    ],
    ['groups without c', { optimizer: { ...OPEN, group: 'outputChannels' } }, 'optimizer.c', /is required/],
    [
      'an unknown group',
      { optimizer: { ...GRDA, group: 'inputChannels' } },
      'optimizer.group',
      /"outputChannels"/,
    ],
    [
      'groups of which exclude leaves none',
      { optimizer: { ...GROUPED, exclude: ['dense_1'] } },
      'optimizer.group',
      /no kernel whose output channels can vanish, apart from those that compute its outputs/,
    ],
    [
      'fine-tuning with groups',
      { finish: { fineTune: { epochs: 1, optimizer: GROUPED } } },
      'finish.fineTune.optimizer.group',
      /must be omitted/,
    ],
    [
      'the optimizer state of groups as a file',
      { optimizer: GROUPED, artifacts: ['optimizerState'] },
      'artifacts.0',
      /original gRDA, which has no groups/,
    ],
    ['a mask without weights to start from', { mask: 'support' }, 'mask', /needs init/],
    ['an unknown mask', { mask: 'all' }, 'mask', /"support"/],
    [
      'an optimizer state of weights that are cut',
      {
        finish: { prune: { sparsity: 0.9 } },
        artifacts: ['optimizerState'],
      },
      'artifacts.0',
      /The weights were cut after the training/,
    ],
  ] as const) {
    it(`are refused for ${what}, with the path`, async () => {
      const { status, body } = await dry({ ...JOB, ...fields })
      assert.equal(status, 400, JSON.stringify(body))
      assert.deepEqual(
        body.errors.map((error: { path: string }) => error.path),
        [path],
      )
      assert.match(body.errors[0].message, message)
    })
  }
})
