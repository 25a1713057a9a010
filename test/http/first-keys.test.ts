import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import request from 'supertest'
import { createApp } from '#src/app.ts'
import { keyOf } from '#test/support/key-of.ts'
import { startApi } from '#test/support/start-api.ts'
import { startPart } from '#test/support/start-part.ts'
import { startStores } from '#test/support/start-stores.ts'

const bearer = (text: string) => ({ authorization: `Bearer ${text}` })

describe('ADMIN_KEY', () => {
  it('is replaced by another one for every process, and stays revoked until then', async () => {
    const api = await startApi({ adminKey: 'the-first' })
    try {
      const status = async (text: string) => (await request(api.url).get('/v1/keys').set(bearer(text))).status
      const { keys } = await api.connectAgain()
      await keys.setAdminKey('the-second')
      assert.deepEqual([await status('the-first'), await status('the-second')], [401, 200])
      await keyOf(api.stores, { scopes: ['admin'] })
      assert.equal((await request(api.url).delete('/v1/keys/admin').set(bearer('the-second'))).status, 204)
      assert.equal(await status('the-second'), 401)
      assert.ok((await keys.setAdminKey('the-second')).revokedAt)
      assert.equal(await status('the-second'), 401)
      await keys.setAdminKey('the-third')
      assert.deepEqual([await status('the-second'), await status('the-third')], [401, 200])
    } finally {
      await api.stop()
    }
  })

  it('is stored by each api process at its start; other keys remain, and let it listen where others can reach it', async () => {
    const stores = await startStores()
    try {
      const { text } = await keyOf(stores.stores)
      await stores.stores.keys.setAdminKey('the-key-of-an-earlier-start')
      const dataDir = await mkdtemp(join(tmpdir(), 'thresher-keys-'))
      const environment = { REDIS_URL: stores.redisUrl, HOST: '0.0.0.0', DATA_DIR: dataDir }
      const status = async (url: string, key: string) =>
        (await request(url).get('/v1/keys').set(bearer(key))).status
      const statuses = async (more: { ADMIN_KEY?: string }) => {
        const part = await startPart('src/main.ts', { ...environment, ADMIN_KEY: '', ...more })
        const found = []
        for (const key of [text, 'the-key-of-an-earlier-start', 'the-key-of-this-start'])
          found.push(await status(part.url, key))
        await part.stop()
        return found
      }
      assert.deepEqual(await statuses({}), [200, 200, 401])
      assert.deepEqual(await statuses({ ADMIN_KEY: 'the-key-of-this-start' }), [200, 401, 200])
      await rm(dataDir, { recursive: true })
    } finally {
      await stores.stop()
    }
  })

  it('may have the form of a key that the service makes', async () => {
    const text = `thr_${'0'.repeat(26)}_${'A'.repeat(43)}`
    const api = await startApi({ adminKey: text })
    assert.equal((await request(api.url).get('/v1/keys').set(bearer(text))).status, 200)
    await api.stop()
  })
})

describe('the first key of a service without keys', () => {
  it('closes every api process at once, and must be able to create the others', async () => {
    const api = await startApi()
    const second = await createApp(await api.connectAgain(), api.children, {})
    try {
      await second.listen({ host: '127.0.0.1', port: 0 })
      const post = (body: object) => request(api.url).post('/v1/keys').send(body)
      const refused = await post({ name: 'x', scopes: ['submit'], tenant: 'acme' })
      assert.deepEqual(
        refused.body.errors.map(({ path }: { path: string }) => path),
        ['scopes', 'tenant'],
      )
      const list = (headers = {}) =>
        Promise.all(
          [api.url, second.server].map(
            async server => (await request(server).get('/v1/jobs').set(headers)).status,
          ),
        )
      assert.deepEqual(await list(), [200, 200])
      const created = await post({ name: 'x', scopes: ['admin'] })
      assert.deepEqual([created.status, created.body.createdBy], [201, 'loopback'])
      assert.deepEqual(await list(), [401, 401])
      assert.deepEqual(await list(bearer(created.body.key)), [200, 200])
      await api.stores.keys.revoke(created.body.id)
      assert.deepEqual(await list(), [401, 401])
    } finally {
      await second.close()
      await api.stop()
    }
  })
})
