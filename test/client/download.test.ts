import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { randomStream } from '#network/random.ts'
import { DownloadError, download } from '#src/client/download.ts'
import { addArtifact, startNewJob, succeed } from '#test/support/drive-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const random = randomStream(1, 'download', 1)
const CONTENT = Buffer.from(Uint8Array.from({ length: 3_000_000 }, () => random.below(256)))
const SHA256 = createHash('sha256').update(CONTENT).digest('hex')

/** `npm run download`: its exit code and what it prints. */
function runDownload(args: string[], environment: Record<string, string> = {}, cwd = process.cwd()) {
  const { THRESHER_KEY: _, ...env } = process.env
  const program = ['--import', import.meta.resolve('tsx'), join(process.cwd(), 'scripts/download.ts')]
  return new Promise<{ code: number; stdout: string; stderr: string }>(resolve =>
    execFile(
      process.execPath,
      [...program, ...args],
      { cwd, env: { ...env, ...environment } },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    ),
  )
}

/** A line to the api that breaks after so many bytes of answer, again and again. */
async function breakingLine(target: string, bytes: number) {
  const { hostname, port } = new URL(target)
  let connections = 0
  const server = createServer(client => {
    connections++
    const upstream = connect(Number(port), hostname)
    let passed = 0
    client.pipe(upstream)
    upstream.on('data', chunk => {
      passed += chunk.length
      if (client.destroyed) return
      client.write(chunk)
      if (passed > bytes) client.resetAndDestroy()
    })
    for (const socket of [client, upstream]) socket.on('error', () => {})
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.end())
  })
    .listen(0, '127.0.0.1')
    .unref()
  await once(server, 'listening')
  const { port: own } = server.address() as { port: number }
  return { url: `http://127.0.0.1:${own}`, connections: () => connections, close: () => server.close() }
}

describe('a download', () => {
  let api: Api
  let route: string
  let folder: string
  let path: string
  before(async () => {
    api = await startApi()
    const jobId = await startNewJob(api.stores)
    await addArtifact(api.stores, jobId, 'model.sparse.safetensors', CONTENT)
    await succeed(api.stores, jobId)
    route = `/v1/jobs/${jobId}/artifacts/model.sparse.safetensors`
  })
  after(() => api.stop())
  beforeEach(async () => {
    if (folder) await rm(folder, { recursive: true })
    folder = await mkdtemp(join(tmpdir(), 'thresher-download-'))
    path = join(folder, 'model')
  })
  after(() => rm(folder, { recursive: true }))

  const partOf = (sha256: string) => `${path}.${sha256}.part`

  it('arrives whole under its name, and nothing else is left', async () => {
    assert.equal(await download(api.url + route, path), SHA256)
    assert.deepEqual(await readdir(folder), ['model'])
    assert.ok((await readFile(path)).equals(CONTENT))
  })

  it('goes on where a breaking line left it', async () => {
    const line = await breakingLine(api.url, 1_000_000)
    assert.equal(await download(line.url + route, path), SHA256)
    assert.ok(line.connections() >= 3, `${line.connections()} connections`)
    assert.ok((await readFile(path)).equals(CONTENT))
    line.close()
  })

  it('goes on with what an earlier process left, fetching only what is missing', async () => {
    await writeFile(partOf(SHA256), CONTENT.subarray(0, 2_900_000))
    const line = await breakingLine(api.url, 150_000)
    assert.equal(await download(line.url + route, path), SHA256)
    assert.equal(line.connections(), 1)
    line.close()
  })

  it('that missed only its name gets it without a byte more', async () => {
    await writeFile(partOf(SHA256), CONTENT)
    const line = await breakingLine(api.url, 150_000)
    assert.equal(await download(line.url + route, path), SHA256)
    assert.equal(line.connections(), 1)
    assert.deepEqual(await readdir(folder), ['model'])
    line.close()
  })

  it('starts over when what is there belongs to another file', async () => {
    await writeFile(partOf('0'.repeat(64)), CONTENT.subarray(0, 1000))
    assert.equal(await download(api.url + route, path), SHA256)
    assert.deepEqual(await readdir(folder), ['model'])
  })

  it('that is not what its digest promised never gets its name', async () => {
    await writeFile(partOf(SHA256), Buffer.alloc(1000, 'not the first thousand bytes'))
    await assert.rejects(download(api.url + route, path), DownloadError)
    assert.deepEqual(await readdir(folder), [])
  })

  it('of what is not there says so at once', async () => {
    await assert.rejects(download(`${api.url}/v1/jobs/job_none/artifacts/metrics.csv`, path), /answered 404/)
  })
})

describe('the command for downloads', () => {
  it('sends THRESHER_KEY, and ends with one sentence and the code 1 without a file', async t => {
    const api = await startApi({ adminKey: 'operators-0123456789' })
    const folder = await mkdtemp(join(tmpdir(), 'thresher-download-'))
    t.after(async () => {
      await api.stop()
      await rm(folder, { recursive: true })
    })
    const jobId = await startNewJob(api.stores)
    await addArtifact(api.stores, jobId, 'model.sparse.safetensors', CONTENT)
    await succeed(api.stores, jobId)
    const url = `${api.url}/v1/jobs/${jobId}/artifacts/model.sparse.safetensors`
    const key = { THRESHER_KEY: 'operators-0123456789' }
    const [whole, unknown, keyless, unclear] = await Promise.all([
      runDownload([url], key, folder),
      runDownload([`${api.url}/v1/jobs/job_none/artifacts/metrics.csv`], key, folder),
      runDownload([url], {}, folder),
      runDownload([], {}, folder),
    ])
    assert.deepEqual([whole.code, whole.stderr], [0, ''])
    assert.match(whole.stdout, new RegExp(`^model.sparse.safetensors: sha256 ${SHA256}, verified\n$`))
    for (const [{ code, stderr }, sentence] of [
      [unknown, /^http:.*metrics\.csv answered 404: There is no job job_none\.\n$/],
      [keyless, /^http:.* answered 401: .*\. Set THRESHER_KEY to a key of the service\.\n$/],
      [unclear, /^"" is not a URL; use: npm run download -- URL \[FILE\]\n$/],
    ] as const) {
      assert.equal(code, 1)
      assert.match(stderr, sentence)
    }
  })
})
