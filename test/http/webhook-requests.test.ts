import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { type Api, startApi } from '#test/support/start-api.ts'

describe('a request for a webhook', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())

  const create = (body: object) => request(api.url).post('/v1/webhooks').send(body)

  it('is refused with the path of each mistake, and nothing is stored', async () => {
    const url = 'https://93.184.216.34/hook'
    for (const [body, paths] of [
      [{}, ['url', 'types']],
      [{ url: 'not a url', types: [] }, ['url', 'types']],
      [{ url: 'ftp://example.com/', types: ['job.suceeded'] }, ['url', 'types.0']],
      [{ url: 'https://me:secret@93.184.216.34/', types: ['*'] }, ['url']],
      [{ url: `${url}#part`, types: ['*'] }, ['url']],
      [{ url: `https://93.184.216.34/${'x'.repeat(2000)}`, types: ['*'] }, ['url']],
      ...['https://.', 'https://a..example/', `https://${'x'.repeat(64)}.example/`, 'https://-/']
        .concat(` ${url}`, `${url}\n`, 'https://93.184\t.216.34/', `${url}\u202e`)
        .map(wrong => [{ url: wrong, types: ['*'] }, ['url']]),
      [{ url, types: ['*'], secret: 'whsec_x' }, ['secret']],
      [{ url, types: ['webhook.test'] }, ['types.0']],
      [{ url, types: ['*'], name: '' }, ['name']],
      [{ url, types: ['*'], enabled: 'yes' }, ['enabled']],
      [{ url: 'http://93.184.216.34/hook', types: ['*'] }, ['url']],
    ] as const) {
      const { status, body: problem } = await create(body)
      assert.equal(status, 400, JSON.stringify(body))
      assert.deepEqual(
        problem.errors.map(({ path }: { path: string }) => path),
        paths,
        JSON.stringify(problem),
      )
    }
    const { body: changed } = await request(api.url)
      .patch('/v1/webhooks/webhook_x')
      .send({ url: `${url}\t` })
    assert.equal(changed.errors[0].path, 'url')
    const { body } = await create({ url, types: ['job.suceeded'] })
    assert.match(body.errors[0].message, /Did you mean "job.succeeded"/)
    assert.deepEqual((await request(api.url).get('/v1/webhooks')).body.data, [])
  })

  it('shows the normalised URL', async () => {
    const { body } = await create({ url: 'HTTPS://93.184.216.34:443/a/../é', types: ['*'] }).expect(201)
    assert.equal(body.url, 'https://93.184.216.34/%C3%A9')
    await request(api.url).delete(`/v1/webhooks/${body.id}`).expect(204)
  })

  it('is refused for each address that is not public, also if a name resolves to it, at creation and at a change', async () => {
    const { body: webhook } = await create({ url: 'https://93.184.216.34/hook', types: ['*'] }).expect(201)
    for (const host of [
      ...[
        '127.0.0.1',
        '0.0.0.0',
        '169.254.169.254',
        '10.0.0.1',
        '192.168.1.1',
        '0x7f000001',
        '127.1',
        '2130706433',
      ],
      ...[
        '[::1]',
        '[::ffff:127.0.0.1]',
        '[64:ff9b::7f00:1]',
        '[fc00::1]',
        '[fe80::1]',
        'localhost',
        'LOCALHOST.',
      ],
    ])
      for (const answer of [
        await create({ url: `https://${host}/`, types: ['*'] }),
        await request(api.url)
          .patch(`/v1/webhooks/${webhook.id}`)
          .send({ url: `https://${host}:6379/` }),
      ]) {
        assert.deepEqual([answer.status, answer.body.errors?.[0].path], [400, 'url'], host)
        assert.match(answer.body.errors[0].message, /must be a public address/)
      }
    const { data } = (await request(api.url).get('/v1/webhooks')).body
    assert.deepEqual(
      data.map(({ url }: { url: string }) => url),
      ['https://93.184.216.34/hook'],
    )
  })

  it('for a list needs a cursor of that list', async () => {
    const { body } = await create({ url: 'https://93.184.216.34/hook', types: ['*'] }).expect(201)
    for (const path of ['/v1/webhooks?after=job_x', `/v1/webhooks/${body.id}/deliveries?after=x`]) {
      const answer = await request(api.url).get(path)
      assert.deepEqual([answer.status, answer.body.errors[0].path], [400, 'after'])
    }
  })
})
