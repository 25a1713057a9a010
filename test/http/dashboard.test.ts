import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import request from 'supertest'
import { type Api, startApi } from '#test/support/start-api.ts'

const PAGE = '<!doctype html><title>Thresher</title>'
const SCRIPT = 'console.log("dashboard")'

/** A folder as the build of the dashboard leaves it. */
async function writeDashboard(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'thresher-dashboard-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), PAGE)
  await writeFile(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  const script = join(folder, 'assets/index-B1a2C3d4.js')
  await writeFile(script, SCRIPT)
  await writeFile(`${script}.br`, brotliCompressSync(SCRIPT))
  await writeFile(`${script}.gz`, gzipSync(SCRIPT))
  return folder
}

describe('the dashboard of a service with a key', () => {
  let folder: string
  let api: Api
  before(async () => {
    folder = await writeDashboard()
    api = await startApi({
      adminKey: 'the-key-of-the-operator',
      dashboardDir: folder,
      rateLimits: { address: 3, failedAuthentications: 1, reads: 1, submissions: 1 },
    })
  })
  after(async () => {
    await api.stop()
    await rm(folder, { recursive: true })
  })
  const get = (path: string) => request(api.url).get(path)

  it('is where / and /ui lead', async () => {
    for (const path of ['/', '/ui']) {
      const { status, headers } = await get(path)
      assert.deepEqual([status, headers.location], [302, '/ui/'], path)
    }
  })

  it('answers the page at every path of a page, without a key', async () => {
    for (const path of [
      '/ui/',
      '/ui/jobs',
      '/ui/jobs/job_1?x=epoch',
      '/ui/models/net@1.2',
      '/ui/index.html',
    ]) {
      const { status, text, headers } = await get(path)
      assert.deepEqual([status, text], [200, PAGE], path)
      assert.equal(headers['content-type'], 'text/html; charset=utf-8')
    }
  })

  it('answers its files, and 404 for files that do not exist', async () => {
    const script = await get('/ui/assets/index-B1a2C3d4.js')
    assert.deepEqual([script.status, script.text], [200, SCRIPT])
    assert.match(script.headers['content-type'] ?? '', /^application\/javascript/)
    assert.equal((await get('/ui/favicon.svg')).type, 'image/svg+xml')
    for (const path of ['/ui/assets/index-0000.js', '/ui/assets/', '/ui/assets', '/ui/robots.txt']) {
      const { status, body } = await get(path)
      if (path === '/ui/assets') assert.equal(status, 200)
      else assert.deepEqual([status, body.code], [404, 'not_found'], path)
    }
  })

  it('answers true problems for paths outside its folder and for ranges outside a file', async () => {
    for (const path of ['/ui/..%5cpackage.json', '/ui/assets/..%2f..', '/ui/%E0%A4%A']) {
      const { status, body } = await get(path)
      assert.deepEqual([status, body.code], [404, 'not_found'], path)
    }
    const { status, body } = await get('/ui/assets/index-B1a2C3d4.js').set('range', 'bytes=99999-')
    assert.deepEqual([status, body.code], [416, 'range_not_satisfiable'])
  })

  it('sends the compressed form that the browser accepts', async () => {
    const encodingOf = async (accepted: string) => {
      const headers = { 'accept-encoding': accepted }
      const answer = await fetch(`${api.url}/ui/assets/index-B1a2C3d4.js`, { headers })
      assert.equal(await answer.text(), SCRIPT)
      assert.equal(answer.headers.get('content-type'), 'application/javascript; charset=utf-8')
      assert.equal(answer.headers.get('vary'), 'accept-encoding')
      return answer.headers.get('content-encoding')
    }
    assert.equal(await encodingOf('gzip, deflate, br'), 'br')
    assert.equal(await encodingOf('gzip'), 'gzip')
    assert.equal(await encodingOf('identity'), null)
  })

  it('answers no file outside its folder', async () => {
    for (const path of [
      '/ui/assets/..%2f..%2fpackage.json',
      '/ui/assets/%2e%2e/%2e%2e/etc/passwd',
      '/ui/..%2f.env',
    ]) {
      const { status, text } = await get(path)
      assert.ok(status >= 400 || text === PAGE, `${path}: ${status}`)
    }
  })

  it('lets browsers keep hashed files, and makes them ask for the page', async () => {
    const script = await get('/ui/assets/index-B1a2C3d4.js')
    assert.equal(script.headers['cache-control'], 'public, max-age=31536000, immutable')
    const page = await get('/ui/jobs')
    assert.equal(page.headers['cache-control'], 'no-cache')
    const known = { 'if-none-match': page.headers.etag! }
    assert.equal((await get('/ui/sweeps').set(known)).status, 304)
    await writeFile(join(folder, 'index.html'), PAGE.replace('Thresher', 'Thrasher'))
    assert.equal((await get('/ui/sweeps').set(known)).status, 200)
    await writeFile(join(folder, 'index.html'), PAGE)
  })

  it('answers HEAD with the headers of GET', async () => {
    for (const path of ['/ui/', '/ui/assets/index-B1a2C3d4.js']) {
      const plain = { 'accept-encoding': 'identity' }
      const [head, got] = [await request(api.url).head(path).set(plain), await get(path).set(plain)]
      assert.equal(head.status, 200, path)
      for (const name of ['content-type', 'content-length', 'etag', 'cache-control'])
        assert.equal(head.headers[name], got.headers[name], `${name} of ${path}`)
    }
  })

  it('permits scripts, styles and connections of its own origin only', async () => {
    for (const path of ['/ui/', '/ui/assets/index-B1a2C3d4.js']) {
      const { headers } = await get(path)
      const policy = headers['content-security-policy']!.split('; ')
      assert.ok(policy.includes("default-src 'none'"))
      assert.ok(policy.includes("script-src 'self'") && policy.includes("style-src 'self'"))
      assert.ok(policy.includes("connect-src 'self'") && policy.includes("frame-ancestors 'none'"))
      assert.doesNotMatch(headers['content-security-policy']!, /unsafe|\*/)
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['referrer-policy'], 'no-referrer')
    }
  })

  it('loads although its address has reached a rate limit', async () => {
    const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await get('/v1/jobs')).status))
    assert.ok(statuses.includes(429))
    for (const path of ['/ui/', '/ui/assets/index-B1a2C3d4.js']) assert.equal((await get(path)).status, 200)
  })
})

describe('the dashboard of a service without a key', () => {
  let folder: string
  let api: Api
  before(async () => {
    folder = await writeDashboard()
    api = await startApi({ dashboardDir: folder })
  })
  after(async () => {
    await api.stop()
    await rm(folder, { recursive: true })
  })

  it('answers on loopback host names only', async () => {
    assert.equal((await request(api.url).get('/ui/')).status, 200)
    for (const path of ['/', '/ui/', '/ui/jobs', '/ui/assets/index-B1a2C3d4.js'])
      assert.equal((await request(api.url).get(path).set('host', 'thresher.example')).status, 403, path)
    assert.equal((await request(api.url).post('/ui/jobs')).status, 405)
  })
})

describe('a dashboard that is not built', () => {
  it('is answered with the command that builds it', async () => {
    const api = await startApi({ dashboardDir: '/nonexistent' })
    const { status, body } = await request(api.url).get('/ui/')
    assert.equal(status, 404)
    assert.match(body.detail, /not built\. Run `node scripts\/setup\.mjs build`/)
    await api.stop()
  })
})
