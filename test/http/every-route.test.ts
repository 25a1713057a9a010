import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import { WebSocket } from 'ws'
import type { Scope } from '#access/scope.ts'
import { keyOf } from '#test/support/key-of.ts'
import { type Operation, operationsOf, pathWith } from '#test/support/operations.ts'
import { type Api, startApi } from '#test/support/start-api.ts'
import { absentIds } from '#test/support/tenant-records.ts'

type Headers = Record<string, string>

const PUBLIC = ['GET /healthz', 'GET /readyz']
/** What a key with the scope `read` may send besides reading. */
const HARMLESS = ['POST /v1/jobs/{jobId}/predict', 'POST /v1/models/{modelId}/predict', 'POST /v1/tickets']
const OF_OPERATORS = ['GET /metrics', 'GET /v1/tenants', 'PUT /v1/tenants/{tenant}']

describe('every operation and every WebSocket of the contract', () => {
  let api: Api
  let operations: Operation[]
  before(async () => {
    api = await startApi({ adminKey: 'the-key-of-the-operator' })
    operations = (await operationsOf(api.url)).operations
  })
  after(() => api.stop())

  const guarded = () => operations.filter(({ scope }) => scope !== undefined)
  const pathOf = (operation: Operation) => pathWith(operation, { ...absentIds(), name: 'model.keras' })

  async function statusOf(operation: Operation, headers: Headers = {}): Promise<number> {
    const url = api.url + pathOf(operation)
    const { status, body } = await fetch(url, { method: operation.method, headers })
    await body?.cancel()
    return status
  }

  async function upgradeStatusOf(operation: Operation, headers: Headers): Promise<number> {
    const socket = new WebSocket(api.url.replace('http', 'ws') + pathOf(operation), { headers })
    socket.once('open', () => socket.close())
    return await Promise.race([
      once(socket, 'unexpected-response').then(([, response]) => response.statusCode),
      once(socket, 'close').then(() => 101),
    ])
  }

  async function badCredentials(): Promise<Record<string, Headers>> {
    const { keys } = api.stores
    const revoked = await keyOf(api.stores)
    await keys.revoke(revoked.id)
    const expired = await keyOf(api.stores, { expiresAt: '2001-01-01T00:00:00Z' })
    const { text } = await keyOf(api.stores)
    return {
      nobody: {},
      'a wrong key': { authorization: `Bearer ${text.slice(0, -5)}00000` },
      'another scheme': { authorization: `Basic ${btoa(`admin:${text}`)}` },
      'a revoked key': revoked.headers,
      'an expired key': expired.headers,
    }
  }

  it('declares its scope, unless it is one of the public ones', () => {
    const names = (fits: (operation: Operation) => boolean) => operations.filter(fits).map(({ name }) => name)
    assert.deepEqual(
      names(({ scope }) => scope === undefined),
      PUBLIC,
    )
    const changes = names(({ method, scope }) => !['GET', 'HEAD'].includes(method) && scope === 'read')
    assert.deepEqual(changes.sort(), HARMLESS)
    assert.deepEqual(names(({ operatorOnly }) => operatorOnly).sort(), OF_OPERATORS)
    assert.ok(names(({ isSocket }) => isSocket).length >= 3)
  })

  it('answers 401 without a valid key', async () => {
    for (const [who, headers] of Object.entries(await badCredentials()))
      for (const operation of guarded()) {
        assert.equal(await statusOf(operation, headers), 401, `${operation.name} to ${who}`)
        if (operation.isSocket)
          assert.equal(await upgradeStatusOf(operation, headers), 401, `${operation.name} to ${who}`)
      }
  })

  it('answers 403 to a key with a smaller scope, and neither 401 nor 403 to one with its scope', async () => {
    const keys = new Map<Scope, Headers>()
    for (const scope of ['read', 'submit', 'admin'] as const)
      keys.set(scope, (await keyOf(api.stores, { scopes: [scope] })).headers)
    const smaller = { read: undefined, submit: 'read', admin: 'submit' } as const
    for (const operation of guarded()) {
      const scope = operation.scope!
      if (smaller[scope])
        assert.equal(await statusOf(operation, keys.get(smaller[scope])), 403, operation.name)
      const status = await statusOf(operation, keys.get(scope))
      assert.ok(![401, 403].includes(status) && status < 500, `${operation.name}: ${status}`)
      if (operation.isSocket) assert.equal(await upgradeStatusOf(operation, keys.get(scope)!), 101)
    }
  })

  it('answers 403 to other tenants if it is only for operators', async () => {
    const { headers } = await keyOf(api.stores, { tenant: 'acme' })
    for (const operation of guarded()) {
      const status = await statusOf(operation, headers)
      assert.equal(status === 403, operation.operatorOnly, `${operation.name}: ${status}`)
    }
  })
})

describe('a route', () => {
  it('that does not say who may call it cannot be added', async () => {
    const { createApp } = await import('#src/app.ts')
    const app = await createApp({} as never, {} as never, {})
    assert.throws(() => app.get('/v1/forgotten', async () => 'x'), /needs either a `scope`/)
    const both: object = { scope: 'read', public: true }
    assert.throws(() => app.get('/v1/both', { config: both }, async () => 'x'), /needs either a `scope`/)
    await app.close()
  })
})
