import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Json } from '#test/support/operations.ts'
import type { RecordIds } from '#test/support/tenant-records.ts'
import { startTwoTenants, type TwoTenants } from '#test/support/two-tenants.ts'

/** The fields of request bodies that name records. Each needs a case in `bodiesWith`. Those of sweeps are fields of jobs. */
const REFERENCES = [
  ...['dataset.id', 'init.jobId', 'init.modelId', 'model.id'].map(field => `cloneJob.${field}`),
  ...['analysisId', 'dataset.id', 'jobs'].map(field => `createAnalysis.${field}`),
  ...['dataset.id', 'init.jobId', 'init.modelId', 'model.id'].map(field => `createJob.${field}`),
  'createModel.jobId',
]
const preset = { model: { preset: 'mnist-mlp' } }
const trained = { optimizer: { name: 'sgd', learningRate: 0.1 }, dataset: { id: 'mnist' } }
const sweepOf = (base: object, space: object = { batchSize: [64] }) => ({
  base,
  search: { method: 'grid' },
  space,
})

/** Bodies that name the records with these ids, by path. @param ownJobId a job of the caller */
function bodiesWith(ids: RecordIds, ownJobId: string): [string, object][] {
  const jobs = [
    { ...preset, dataset: { id: ids.datasetId } },
    { ...trained, model: { id: ids.modelId } },
    { ...trained, model: { id: `${ids.modelName}@1` } },
    { ...preset, init: { modelId: ids.modelName } },
    { ...preset, init: { jobId: ids.jobId } },
    { ...preset, init: { modelId: ids.modelId } },
  ]
  return [
    ...jobs.flatMap((body): [string, object][] => [
      ['/v1/jobs', body],
      ['/v1/jobs?dryRun=true', body],
      [`/v1/jobs/${ownJobId}/clone`, body],
      ['/v1/sweeps', sweepOf(body)],
    ]),
    ['/v1/models', { jobId: ids.jobId, name: 'x' }],
    ['/v1/sweeps', sweepOf(preset, { 'dataset.id': [ids.datasetId] })],
    ['/v1/sweeps', sweepOf(preset, { 'init.jobId': [ids.jobId] })],
    ['/v1/analyses', { kind: 'evaluation', jobs: [ids.jobId] }],
    ['/v1/analyses', { kind: 'evaluation', jobs: [ownJobId, ids.jobId] }],
    ['/v1/analyses', { kind: 'evaluation', jobs: [{ id: ids.jobId, checkpoint: 'best' }] }],
    ['/v1/analyses', { kind: 'evaluation', jobs: [ownJobId], dataset: { id: ids.datasetId } }],
    ['/v1/analyses', { kind: 'tradeoff', jobs: [ids.jobId] }],
    ['/v1/analyses', { kind: 'plane', jobs: [ownJobId, ownJobId], analysisId: ids.analysisId }],
  ]
}

describe('a record of one tenant, in a request of another tenant', () => {
  let test: TwoTenants
  before(async () => {
    test = await startTwoTenants()
  })
  after(() => test.api.stop())

  it('cannot be used: the answer is that for an id that no record has', async () => {
    const { ids, absent, ownJobId, owner, stranger, send, shownBy } = test
    const cases = bodiesWith(ids, ownJobId)
    const withAbsent = bodiesWith(absent, ownJobId)
    for (const [index, [path, body]] of cases.entries()) {
      const answer = await send('POST', path, stranger, body)
      const where = `POST ${path} ${JSON.stringify(body)}`
      assert.ok([400, 404].includes(answer.status), `${where}: ${answer.status} ${answer.text}`)
      assert.deepEqual(
        shownBy(answer),
        shownBy(await send('POST', path, stranger, withAbsent[index]![1])),
        where,
      )
    }
    const usable = bodiesWith(ids, ids.jobId)
    for (const [index, [path, body]] of bodiesWith(absent, ids.jobId).entries()) {
      if (!path.endsWith('?dryRun=true')) continue
      const unknown = await send('POST', path, owner, body)
      const known = await send('POST', path, owner, usable[index]![1])
      assert.notDeepEqual(shownBy(known), shownBy(unknown), JSON.stringify(body))
    }
  })

  it('has a case here for every field of a body that names a record', () => {
    const { document } = test
    const found = new Set<string>()
    const isReference = (field: string) =>
      /^(id|jobs|(job|model|dataset|sweep|analysis|key|webhook)Ids?)$/.test(field)
    const visit = (schema: Json | undefined, path: string, depth = 0): void => {
      if (!schema || depth > 12) return
      if (schema.$ref) visit(document.components.schemas[schema.$ref.split('/').at(-1)], path, depth + 1)
      for (const [field, part] of Object.entries<Json>(schema.properties ?? {})) {
        if (isReference(field)) found.add(`${path}.${field}`)
        // Whole networks name layers, not records.
        else if (field !== 'topology') visit(part, `${path}.${field}`, depth + 1)
      }
      for (const part of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) visit(part, path, depth + 1)
    }
    for (const { operationId, requestBody } of Object.values<Json>(document.paths).flatMap(
      Object.values<Json>,
    ))
      for (const { schema } of Object.values<Json>(requestBody?.content ?? {})) visit(schema, operationId)
    assert.deepEqual([...found].sort(), REFERENCES)
  })

  it('is not the answer to a repeated idempotency key', async () => {
    const { owner, stranger, send } = test
    for (const [path, body] of [
      ['/v1/jobs', preset],
      ['/v1/sweeps', sweepOf(preset)],
    ] as const) {
      const first = await send('POST', path, { ...owner, 'idempotency-key': 'the same' }, body)
      const second = await send('POST', path, { ...stranger, 'idempotency-key': 'the same' }, body)
      assert.deepEqual([first.status, second.status], [201, 201])
      assert.notEqual(JSON.parse(first.text).id, JSON.parse(second.text).id)
      assert.equal(second.headers.get('idempotency-replayed'), null)
      const changed = await send('POST', path, { ...stranger, 'idempotency-key': 'another' }, body)
      assert.equal(changed.status, 201)
    }
  })
})
