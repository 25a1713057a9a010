import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import { WebSocket } from 'ws'
import { keyOf } from '#test/support/key-of.ts'
import { type Json, type Operation, operationsOf, pathWith } from '#test/support/operations.ts'
import { type Api, startApi } from '#test/support/start-api.ts'
import { absentIds, MARK, type RecordIds, storeRecords } from '#test/support/tenant-records.ts'

/** The artifact that each kind of record here has. */
const fileOf = (path: string) =>
  path.includes('/analyses/')
    ? 'per-class.csv'
    : path.includes('/models/')
      ? 'model.safetensors'
      : 'metrics.csv'

/** Parameters of lists that select no record by its content. */
const NEUTRAL = [
  'from',
  'to',
  'after',
  'limit',
  'order',
  'sort',
  'include',
  'ticket',
  'createdBefore',
  'createdAfter',
]
const filtersOf = (ids: RecordIds): Record<string, string> => ({
  name: MARK,
  status: 'succeeded',
  preset: 'mnist-mlp',
  datasetId: ids.datasetId,
  sweepId: ids.sweepId,
  jobId: ids.jobId,
  kind: 'evaluation',
  tenant: ids.tenant,
  keyId: ids.keyId,
  operation: 'createJob',
  failedAuthentications: 'true',
})

/** Lists that refuse a key that asks for more than it may see. */
const REFUSING = ['/v1/keys', '/v1/usage', '/v1/audit']

/** The fields of request bodies that name records. Each needs a case in `bodiesWith`. Those of sweeps are fields of jobs. */
const REFERENCES = [
  ...['dataset.id', 'init.jobId', 'init.modelId', 'model.id'].map(field => `cloneJob.${field}`),
  ...['dataset.id', 'jobs'].map(field => `createAnalysis.${field}`),
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
  ]
}

describe('a record of one tenant, for another tenant', () => {
  let api: Api
  let operations: Operation[]
  let document: Json
  let ids: RecordIds
  let ownJobId: string
  let owner: Record<string, string>
  let stranger: Record<string, string>
  const absent = absentIds()
  before(async () => {
    api = await startApi({ adminKey: 'the-key-of-the-operator' })
    ;({ operations, document } = await operationsOf(api.url))
    const [acme, other] = [
      await keyOf(api.stores, { tenant: 'acme' }),
      await keyOf(api.stores, { tenant: 'other' }),
    ]
    owner = acme.headers
    stranger = other.headers
    ids = await storeRecords(api.stores.of({ tenant: 'acme', keyId: acme.id }))
    ownJobId = (await storeRecords(api.stores.of({ tenant: 'other', keyId: other.id }))).jobId
  })
  after(() => api.stop())

  async function send(method: string, path: string, headers: Record<string, string>, body?: object) {
    const content = body && { body: JSON.stringify(body) }
    const type = body && { 'content-type': 'application/json' }
    const answer = await fetch(api.url + path, { method, headers: { ...headers, ...type }, ...content })
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }
  /** What an answer shows, with every id of the tenant replaced by one that no record has. */
  const shownBy = ({ status, text }: { status: number; text: string }) => {
    const replaced = Object.entries(ids).reduce(
      (shown, [kind, id]) => shown.replaceAll(id, absent[kind as keyof RecordIds]),
      text,
    )
    return { status, text: replaced.replace(/"requestId":"[^"]*"/, '') }
  }
  const assertHidden = (text: string, where: string) => {
    for (const id of [...Object.values(ids).filter(id => id !== 'acme'), '"acme"'])
      assert.ok(!text.includes(id), `${where} shows ${id}: ${text}`)
  }
  const pathTo = (operation: Operation, of: RecordIds) =>
    pathWith(operation, { ...of, name: fileOf(operation.path) })
  /** A registered model is also reached by its name and by its version. */
  const pathsTo = (operation: Operation, of: RecordIds) =>
    operation.path.includes('{modelId}')
      ? [of.modelId, of.modelName, `${of.modelName}@1`].map(modelId => pathTo(operation, { ...of, modelId }))
      : [pathTo(operation, of)]
  /** The operations that name a record in their path. */
  const ofRecords = () => operations.filter(({ path, operatorOnly }) => path.includes('{') && !operatorOnly)

  it('does not exist on any route: 404, and the same answer as for an id that no record has', async () => {
    for (const operation of ofRecords()) {
      const { name, method, needsBody, example } = operation
      const body = example ?? (name.endsWith('/predict') ? { inputs: [[0]] } : undefined)
      assert.ok(body || !needsBody, `${name}: give its body an example`)
      const absentPaths = pathsTo(operation, absent)
      for (const [index, path] of pathsTo(operation, ids).entries()) {
        const answer = await send(method, path, stranger, body)
        assert.equal(answer.status, operation.isSocket ? 426 : 404, `${method} ${path}: ${answer.text}`)
        const other = await send(method, absentPaths[index]!, stranger, body)
        assert.deepEqual(shownBy(answer), shownBy(other), `${method} ${path}`)
      }
    }
  })

  it('exists for its own tenant, unchanged, with the same ids', async () => {
    // The checkpoint here is no file that could be exported, and nothing has measured a trade-off.
    const unready = ['/v1/models/{modelId}/artifacts/{name}', '/v1/jobs/{jobId}/tradeoff']
    for (const operation of ofRecords()) {
      if (operation.method !== 'GET' || operation.isSocket || unready.includes(operation.path)) continue
      const answers = await Promise.all(pathsTo(operation, ids).map(path => send('GET', path, owner)))
      assert.ok(
        answers.some(({ status }) => status === 200),
        `${operation.name}: ${answers[0]!.text}`,
      )
    }
    const key = JSON.parse((await send('GET', `/v1/keys/${ids.keyId}`, owner)).text)
    assert.equal(key.revokedAt, undefined)
  })

  it('is not streamed', async () => {
    for (const operation of operations.filter(({ isSocket }) => isSocket)) {
      const url = api.url.replace('http', 'ws')
      if (operation.path.includes('{')) {
        const outcome = async (of: RecordIds) =>
          (await once(new WebSocket(url + pathTo(operation, of), { headers: stranger }), 'close')).map(String)
        assert.deepEqual(await outcome(ids), await outcome(absent))
        assert.equal((await outcome(ids))[0], '4404', operation.name)
        continue
      }
      assert.equal(operation.path, '/v1/stream', 'add the frames that subscribe')
      const socket = new WebSocket(url + operation.path, { headers: stranger })
      await once(socket, 'open')
      socket.send(JSON.stringify({ subscribe: { jobId: ids.jobId } }))
      const [frame] = await once(socket, 'message')
      assert.deepEqual(JSON.parse(String(frame)), { type: 'error', jobId: ids.jobId, code: 'not_found' })
      socket.close()
    }
    const events = { ...stranger, accept: 'text/event-stream' }
    assert.equal((await send('GET', `/v1/jobs/${ids.jobId}/events`, events)).status, 404)
  })

  it('is in no list, whatever the filter, and the filter finds it for its own tenant', async () => {
    const filters = filtersOf(ids)
    const found = new Set<string>()
    const lists = operations.filter(
      ({ path, method, operatorOnly, isSocket }) =>
        method === 'GET' && path.startsWith('/v1') && !path.includes('{') && !operatorOnly && !isSocket,
    )
    await api.stores.workers.beat({
      ...{ id: 'worker_busy', host: 'host', pid: 1, engine: 'wasm', engineVersion: '1', device: 'cpu' },
      ...{ threads: 1, startedAt: new Date().toISOString(), jobId: ids.jobId },
    })
    for (const { path, query } of lists) {
      const queries = query
        .filter(parameter => !NEUTRAL.includes(parameter))
        .map(parameter => {
          assert.ok(filters[parameter], `${path}: add a value for ${parameter} to the filters of this test`)
          return `?${parameter}=${filters[parameter]}`
        })
      if (path === '/v1/jobs')
        queries.push(`?label.${MARK}=${MARK}`, '?sort=sparsity', `?include=topology&name=${MARK}`)
      for (const each of ['', ...queries]) {
        const { status, text } = await send('GET', path + each, stranger)
        assert.ok(
          status === 200 || ([403, 404].includes(status) && REFUSING.includes(path)),
          `${path}${each}: ${text}`,
        )
        // The audit records of the stranger name the ids that it has asked for.
        if (status === 200 && path !== '/v1/audit') assertHidden(text, path + each)
        const own = await send('GET', path + each, owner)
        for (const id of Object.values(ids)) if (own.text.includes(`"${id}"`)) found.add(id)
      }
    }
    const { deliveryId: _, ...listed } = ids
    assert.deepEqual([...found].sort(), Object.values(listed).sort())
  })

  it('is not counted in positions, and its tenant is not named in the answers about work', async () => {
    for (const path of [
      '/v1/jobs',
      `/v1/jobs/${ids.jobId}`,
      `/v1/jobs/${ids.jobId}/events`,
      '/v1/sweeps',
      '/v1/workers',
    ]) {
      const { status, text } = await send('GET', path, owner)
      assert.equal(status, 200)
      assert.ok(!text.includes('"tenant"'), `${path}: ${text}`)
    }
  })

  it('cannot be used in a body: the answer is that for an id that no record has', async () => {
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
    const unknown = shownBy(
      await send('POST', '/v1/jobs', owner, bodiesWith(absent, ownJobId)[0]![1] as object),
    )
    for (const [path, body] of cases.filter(([path]) => path === '/v1/jobs?dryRun=true'))
      assert.notDeepEqual(shownBy(await send('POST', path, owner, body)), unknown)
  })

  it('has a case here for every field of a body that names a record', () => {
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

  it('is not in its list of keys, nor can a key be made in its tenant', async () => {
    assert.equal((await send('GET', '/v1/keys?tenant=acme', stranger)).status, 403)
    const answer = (tenant: string) =>
      send('POST', '/v1/keys', stranger, { name: 'x', scopes: ['read'], tenant })
    assert.equal((await answer('acme')).status, 403)
    assert.deepEqual(shownBy(await answer('acme')), shownBy(await answer(absent.tenant)))
  })
})
