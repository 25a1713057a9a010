import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { keyOf } from '#test/support/key-of.ts'
import { promisedAnswers } from '#test/support/promised-answers.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const ADMIN_KEY = 'an admin key of the environment'.replaceAll(' ', '-')
const bearer = (text: string) => ({ authorization: `Bearer ${text}` })

describe('keys', () => {
  let api: Api
  before(async () => {
    api = await startApi({ adminKey: ADMIN_KEY })
  })
  after(() => api.stop())

  const post = (body: object, headers = bearer(ADMIN_KEY)) =>
    request(api.url).post('/v1/keys').set(headers).send(body)
  const get = (path: string, headers = bearer(ADMIN_KEY)) => request(api.url).get(path).set(headers)

  it('are shown once, work until they are revoked, and stay listed', async () => {
    const created = await post({ name: 'nightly', tenant: 'acme', scopes: ['submit'], quotas: { epochs: 9 } })
    assert.equal(created.status, 201, created.text)
    const { key, ...shown } = created.body
    assert.match(key, /^thr_[0-9a-z]{26}_[\w-]{43}$/)
    assert.equal(created.headers.location, `/v1/keys/${shown.id}`)
    assert.equal(created.headers['cache-control'], 'no-store')
    assert.equal(shown.createdBy, 'admin')
    assert.deepEqual((await get(`/v1/keys/${shown.id}`)).body, shown)
    assert.equal((await get('/v1/jobs', bearer(key))).status, 200)

    const used = (await get(`/v1/keys/${shown.id}`)).body
    assert.ok(used.lastUsedAt >= shown.createdAt)
    for (const _ of ['revoked', 'revoked again'])
      assert.equal((await request(api.url).delete(`/v1/keys/${shown.id}`).set(bearer(ADMIN_KEY))).status, 204)
    assert.equal((await get('/v1/jobs', bearer(key))).status, 401)
    const listed = (await get('/v1/keys?tenant=acme')).body.data
    assert.deepEqual(listed, [{ ...used, revokedAt: listed[0].revokedAt }])
    assert.ok(listed[0].revokedAt)
  })

  it('cannot be revoked if nobody could create keys afterwards', async () => {
    const revoke = (id: string, key: string) => request(api.url).delete(`/v1/keys/${id}`).set(bearer(key))
    const expiresAt = new Date(Date.now() - 1000).toISOString()
    await keyOf(api.stores, { scopes: ['admin'], expiresAt })
    await keyOf(api.stores, { scopes: ['admin'], tenant: 'acme' })
    const refused = await revoke('admin', ADMIN_KEY)
    assert.deepEqual([refused.status, refused.body.code], [409, 'conflict'])
    const { id, text } = await keyOf(api.stores, { scopes: ['admin'] })
    assert.equal((await revoke(id, text)).status, 204)
  })

  it('are answered as the contract specifies', async () => {
    const expiresAt = new Date(Date.now() + 1e9).toISOString()
    const { id } = await keyOf(api.stores, { tenant: 'acme', expiresAt, quotas: { runningJobs: 1 } })
    await api.stores.keys.revoke(id)
    const checked = (await promisedAnswers()).filter(({ path }) => /^\/v1\/(keys|tenants)/.test(path))
    assert.equal(checked.length, 4)
    for (const { path, faults } of checked)
      for (const keyId of [id, 'admin']) {
        const { status, body } = await get(path.replace('{keyId}', keyId).replace('{tenant}', 'acme'))
        assert.equal(status, 200)
        assert.deepEqual(faults(body), [], path)
      }
  })

  it('are stored without their text', async () => {
    const { body } = await post({ name: 'x', scopes: ['read'] })
    const stored = JSON.stringify(await api.stores.redis.hgetall('thresher:keys'))
    assert.ok(stored.includes(body.id))
    for (const secret of [body.key, body.key.split('_').slice(2).join('_'), ADMIN_KEY])
      assert.ok(!stored.includes(secret))
  })

  it('are listed newest first in pages, those of one tenant or of all', async () => {
    const ids: string[] = []
    for (const tenant of ['paged', 'paged', 'elsewhere', 'paged'])
      ids.push((await post({ name: 'x', tenant, scopes: ['read'] })).body.id)
    const [first, second, elsewhere, third] = ids
    const pagesOf = async (query: string) => {
      const found: string[] = []
      for (let after = ''; ; ) {
        const { body } = await get(`/v1/keys?limit=2${query}${after}`)
        found.push(...body.data.map(({ id }: { id: string }) => id))
        if (!body.hasMore) return found
        after = `&after=${body.nextAfter}`
      }
    }
    assert.deepEqual(await pagesOf('&tenant=paged'), [third, second, first])
    const all = await pagesOf('')
    assert.deepEqual(all.slice(0, 4), [third, elsewhere, second, first])
    assert.equal(all.at(-1), 'admin')
  })

  it('are refused with the path of each mistake, and none is stored', async () => {
    const count = () => api.stores.redis.hlen('thresher:keys')
    const before = await count()
    const refused: [object, string[]][] = [
      [{ name: 'x', scopes: ['write'] }, ['scopes.0']],
      [{ name: 'x', scopes: [] }, ['scopes']],
      [{ scopes: ['read'] }, ['name']],
      [{ name: 'x', scopes: ['read'], tenant: 'Not a name' }, ['tenant']],
      [{ name: 'x', scopes: ['read'], expiresAt: 'tomorrow' }, ['expiresAt']],
      [{ name: 'x', scopes: ['read'], expiresAt: '2001-01-01T00:00:00Z' }, ['expiresAt']],
      [
        { name: 'x', scopes: ['read'], quotas: { queuedJobs: -1, jobs: 1 } },
        ['quotas.queuedJobs', 'quotas.jobs'],
      ],
      [{ name: 'x', scopes: ['read'], secret: 'my own' }, ['secret']],
    ]
    for (const [body, paths] of refused) {
      const answer = await post(body)
      assert.equal(answer.status, 400, answer.text)
      assert.deepEqual(answer.body.errors.map(({ path }: { path: string }) => path).sort(), [...paths].sort())
    }
    assert.equal(await count(), before)
  })

  it('of a tenant other than the default one manage only that tenant, and not its quotas', async () => {
    const acme = await keyOf(api.stores, { tenant: 'acme' })
    const other = await keyOf(api.stores, { tenant: 'other' })
    assert.equal((await post({ name: 'x', scopes: ['read'] }, acme.headers)).body.tenant, 'acme')
    assert.equal((await post({ name: 'x', scopes: ['read'], tenant: 'other' }, acme.headers)).status, 403)
    assert.equal((await get(`/v1/keys/${other.id}`, acme.headers)).status, 404)
    assert.equal((await get('/v1/keys?tenant=other', acme.headers)).status, 404)
    assert.equal((await get('/v1/keys?tenant=nowhere', acme.headers)).status, 404)
    const revoked = await request(api.url).delete(`/v1/keys/${other.id}`).set(acme.headers)
    assert.equal(revoked.status, 404)
    assert.equal((await get('/v1/jobs', other.headers)).status, 200)
    const tenants = new Set(
      (await get('/v1/keys', acme.headers)).body.data.map(({ tenant }: { tenant: string }) => tenant),
    )
    assert.deepEqual([...tenants], ['acme'])
    const settings = { quotas: { queuedJobs: 9 } }
    const put = (tenant: string, headers: Record<string, string>) =>
      request(api.url).put(`/v1/tenants/${tenant}`).set(headers).send(settings)
    assert.equal((await put('acme', acme.headers)).status, 403)
    assert.equal((await put('acme', bearer(ADMIN_KEY))).status, 200)
    assert.deepEqual((await get('/v1/tenants/acme', acme.headers)).body, {
      tenant: 'acme',
      weight: 1,
      ...settings,
    })
    assert.equal((await get('/v1/tenants/other', acme.headers)).status, 404)
  })

  it('with a small scope are refused where a larger one is needed, which the answer names', async () => {
    const reader = await keyOf(api.stores, { scopes: ['read'] })
    const { status, body, headers } = await request(api.url)
      .post('/v1/jobs')
      .set(reader.headers)
      .send({ model: { preset: 'mnist-mlp' } })
    assert.deepEqual([status, body.code], [403, 'forbidden'])
    assert.match(body.detail, /"submit"/)
    assert.match(headers['www-authenticate']!, /scope="submit"/)
  })

  it('that are wrong in any way get the same answer', async () => {
    const revoked = await keyOf(api.stores)
    await api.stores.keys.revoke(revoked.id)
    const expired = await keyOf(api.stores, { expiresAt: '2001-01-01T00:00:00Z' })
    const { text } = await keyOf(api.stores)
    const answers = await Promise.all(
      [
        undefined,
        'Bearer',
        'Bearer ',
        'Bearer a b',
        text,
        `Basic ${text}`,
        `Token ${text}`,
        `Bearer ${text}x`,
        `Bearer ${text.slice(0, -4)}AAAA`,
        `Bearer thr_${'0'.repeat(26)}_${'A'.repeat(43)}`,
        'Bearer admin',
        `Bearer ${'x'.repeat(8_000)}`,
        revoked.headers.authorization,
        expired.headers.authorization,
      ].map(authorization =>
        request(api.url)
          .get('/v1/jobs')
          .set(authorization ? { authorization } : {}),
      ),
    )
    const shapes = answers.map(({ status, headers, body }) => {
      const { requestId: _, ...problem } = body
      return JSON.stringify([status, headers['www-authenticate'], problem])
    })
    assert.equal(answers[0]!.status, 401)
    assert.deepEqual(new Set(shapes).size, 1, shapes.join('\n'))
  })

  it('show the settings of every tenant to operators', async () => {
    const put = await request(api.url)
      .put('/v1/tenants/zoo')
      .set(bearer(ADMIN_KEY))
      .send({ weight: 3, expiresAfterSeconds: { checkpoints: 60 } })
    const zoo = { tenant: 'zoo', quotas: {}, weight: 3, expiresAfterSeconds: { checkpoints: 60 } }
    assert.deepEqual(put.body, zoo)
    const found: object[] = []
    for (let after = ''; ; ) {
      const { body } = await get(`/v1/tenants?limit=2${after}`)
      found.push(...body.data)
      if (!body.hasMore) break
      after = `&after=${body.nextAfter}`
    }
    assert.deepEqual(found.at(-1), zoo)
    assert.ok(found.some(tenant => 'tenant' in tenant && tenant.tenant === 'default'))
    assert.equal((await get('/v1/tenants/nowhere')).status, 404)
    const refused = await request(api.url)
      .put('/v1/tenants/zoo')
      .set(bearer(ADMIN_KEY))
      .send({ quotas: { storedBytes: -1 }, weight: 0 })
    assert.deepEqual(
      refused.body.errors.map(({ path }: { path: string }) => path),
      ['quotas.storedBytes', 'weight'],
    )
    assert.deepEqual((await get('/v1/tenants/zoo')).body, zoo)
  })
})
