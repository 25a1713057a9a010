import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import { WebSocket } from 'ws'
import { type Operation, pathWith } from '#test/support/operations.ts'
import { MARK, type RecordIds } from '#test/support/tenant-records.ts'
import { startTwoTenants, type TwoTenants } from '#test/support/two-tenants.ts'

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

describe('a record of one tenant, for another tenant', () => {
  let test: TwoTenants
  before(async () => {
    test = await startTwoTenants()
  })
  after(() => test.api.stop())

  const assertHidden = (text: string, where: string) => {
    for (const id of [...Object.values(test.ids).filter(id => id !== 'acme'), '"acme"'])
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
  const ofRecords = () =>
    test.operations.filter(({ path, operatorOnly }) => path.includes('{') && !operatorOnly)

  it('does not exist on any route: 404, and the same answer as for an id that no record has', async () => {
    const { ids, absent, stranger, send, shownBy } = test
    for (const operation of ofRecords()) {
      const { name, method, needsBody, example } = operation
      const body = example ?? (/\/(predict|content)$/.test(name) ? { inputs: [[0]] } : undefined)
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
    const { ids, owner, send } = test
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
    const { api, operations, ids, absent, stranger, send } = test
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
    const { api, operations, ids, owner, stranger, send } = test
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
    const { ids, owner, send } = test
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

  it('is not in its list of keys, nor can a key be made in its tenant', async () => {
    const { absent, stranger, send, shownBy } = test
    assert.equal((await send('GET', '/v1/keys?tenant=acme', stranger)).status, 404)
    const answer = (tenant: string) =>
      send('POST', '/v1/keys', stranger, { name: 'x', scopes: ['read'], tenant })
    assert.equal((await answer('acme')).status, 403)
    assert.deepEqual(shownBy(await answer('acme')), shownBy(await answer(absent.tenant)))
  })
})
