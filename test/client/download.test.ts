import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { link, lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it, mock } from 'node:test'
import {
  type ArtifactSource,
  ConnectionError,
  DownloadError,
  type DownloadOptions,
  type DownloadProgress,
  downloadBlob,
  NotFoundError,
  Thresher,
} from '@thresher/client'
import { download } from '@thresher/client/files'
import { randomStream } from '#network/random.ts'
import { addArtifact, startNewJob, succeed } from '#test/support/drive-job.ts'
import { startHostileLine } from '#test/support/hostile-line.ts'
import { startScriptedServer } from '#test/support/scripted-server.ts'
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

describe('a download', () => {
  let api: Api
  let source: ArtifactSource
  let folder: string
  let path: string
  before(async () => {
    api = await startApi()
    const jobId = await startNewJob(api.stores)
    await addArtifact(api.stores, jobId, 'model.sparse.safetensors', CONTENT)
    await succeed(api.stores, jobId)
    source = { jobId, name: 'model.sparse.safetensors' }
  })
  after(() => api.stop())
  beforeEach(async () => {
    if (folder) await rm(folder, { recursive: true })
    folder = await mkdtemp(join(tmpdir(), 'thresher-download-'))
    path = join(folder, 'model')
  })
  after(() => rm(folder, { recursive: true }))

  /** As a process has left it that has ended: no process has this id. */
  const partOf = (sha256: string) => `${path}.${sha256}.2147483647-1.part`
  const downloadFrom = async (url: string, options: DownloadOptions = {}) =>
    (await download(new Thresher({ url }), source, path, options)).sha256

  it('arrives whole under its name, reports its progress, and leaves nothing else', async () => {
    const progress: DownloadProgress[] = []
    const onProgress = (now: DownloadProgress) => progress.push(now)
    const downloaded = await download(new Thresher({ url: api.url }), source, path, { onProgress })
    assert.deepEqual(downloaded, { sha256: SHA256, sizeBytes: CONTENT.length })
    assert.deepEqual(await readdir(folder), ['model'])
    assert.ok((await readFile(path)).equals(CONTENT))
    assert.deepEqual(progress.at(-1), { receivedBytes: CONTENT.length, totalBytes: CONTENT.length })
    assert.ok(progress.length > 1)
  })

  for (const ending of ['reset', 'end', 'stall'] as const)
    it(`continues after every connection that breaks: ${ending}`, async () => {
      const line = await startHostileLine(api.url, () => ({ afterBytes: 1_000_000, ending }))
      assert.equal(await downloadFrom(line.url, { silenceMs: 1000 }), SHA256)
      assert.ok(line.connections() >= 3, `${line.connections()} connections`)
      // A reset loses bytes that were on their way.
      if (ending !== 'reset') assert.ok(line.bytes() < CONTENT.length + 100_000, `${line.bytes()} bytes`)
      assert.ok((await readFile(path)).equals(CONTENT))
      await line.close()
    })

  it('continues what an earlier process left, and fetches only what is missing', async () => {
    await writeFile(partOf(SHA256), CONTENT.subarray(0, 2_900_000))
    const line = await startHostileLine(api.url)
    assert.equal(await downloadFrom(line.url), SHA256)
    assert.ok(line.bytes() < 110_000, `${line.bytes()} bytes`)
    await line.close()
  })

  it('verifies a complete partial file without fetching it again', async () => {
    await writeFile(partOf(SHA256), CONTENT)
    const line = await startHostileLine(api.url)
    assert.equal(await downloadFrom(line.url), SHA256)
    assert.ok(line.bytes() < 10_000, `${line.bytes()} bytes`)
    assert.deepEqual(await readdir(folder), ['model'])
    await line.close()
  })

  it('starts again when the partial file belongs to another file', async () => {
    await writeFile(partOf('0'.repeat(64)), CONTENT.subarray(0, 1000))
    assert.equal(await downloadFrom(api.url), SHA256)
    assert.deepEqual(await readdir(folder), ['model'])
  })

  for (const [kind, make] of [
    ['symbolic', symlink],
    ['hard', link],
  ] as const)
    it(`does not follow a ${kind} link with the name of a partial file`, async () => {
      const elsewhere = join(folder, 'elsewhere')
      await writeFile(elsewhere, 'precious')
      await make(elsewhere, partOf(SHA256))
      assert.equal(await downloadFrom(api.url), SHA256)
      assert.equal(await readFile(elsewhere, 'utf8'), 'precious')
      assert.ok((await lstat(path)).isFile())
      assert.ok((await readFile(path)).equals(CONTENT))
    })

  it('replaces nothing but a regular file, and needs its folder', async () => {
    const thresher = new Thresher({ url: api.url })
    await symlink(join(folder, 'elsewhere'), path)
    await assert.rejects(download(thresher, source, path), /is not a regular file/)
    await assert.rejects(download(thresher, source, folder), /is not a regular file/)
    await assert.rejects(
      download(thresher, source, join(folder, 'no', 'model')),
      /The folder .* does not exist/,
    )
    assert.deepEqual(await readdir(folder), ['model'])
  })

  it('shares no partial file with another one that is under way', async () => {
    const thresher = new Thresher({ url: api.url })
    const results = await Promise.all([1, 2, 3].map(() => download(thresher, source, path)))
    assert.deepEqual(results, Array(3).fill({ sha256: SHA256, sizeBytes: CONTENT.length }))
    const ofAnother = `${path}.${SHA256}.${process.ppid}-1.part`
    await writeFile(ofAnother, CONTENT.subarray(0, 1000))
    assert.equal(await downloadFrom(api.url), SHA256)
    assert.equal((await readFile(ofAnother)).length, 1000)
  })

  it('does not keep bytes that do not match the digest', async () => {
    await writeFile(partOf(SHA256), Buffer.alloc(1000, 'not the first thousand bytes'))
    await assert.rejects(downloadFrom(api.url), DownloadError)
    assert.deepEqual(await readdir(folder), [])
  })

  it('does not keep more bytes than the file has', async () => {
    await writeFile(partOf(SHA256), Buffer.concat([CONTENT, CONTENT]))
    await assert.rejects(downloadFrom(api.url), DownloadError)
    assert.deepEqual(await readdir(folder), [])
  })

  it('gives up after six connections in a row that bring nothing', async () => {
    const line = await startHostileLine(api.url, () => 'refuse')
    mock.timers.enable({ apis: ['setTimeout'] })
    const ticking = setInterval(() => mock.timers.tick(60_000), 1)
    await assert.rejects(downloadFrom(line.url), ConnectionError)
    clearInterval(ticking)
    mock.timers.reset()
    assert.equal(line.connections(), 6)
    await line.close()
  })

  it('stops when its signal is aborted, and keeps what has arrived', async () => {
    const line = await startHostileLine(api.url, () => ({ afterBytes: 1_000_000, ending: 'stall' }))
    const stop = new AbortController()
    const onProgress = ({ receivedBytes }: DownloadProgress) => {
      if (receivedBytes > 500_000) stop.abort(new Error('enough'))
    }
    await assert.rejects(downloadFrom(line.url, { signal: stop.signal, onProgress }), /enough/)
    await line.close()
    const rest = await startHostileLine(api.url)
    assert.equal(await downloadFrom(rest.url), SHA256)
    assert.ok(rest.bytes() < 2_600_000, `${rest.bytes()} bytes`)
    assert.deepEqual(await readdir(folder), ['model'])
    await rest.close()
  })

  it('arrives in memory over connections that break, with its media type', async () => {
    const line = await startHostileLine(api.url, () => ({ afterBytes: 1_000_000, ending: 'end' }))
    const blob = await downloadBlob(new Thresher({ url: line.url }), source)
    assert.ok(Buffer.from(await blob.arrayBuffer()).equals(CONTENT))
    assert.equal(blob.type, 'application/vnd.safetensors')
    assert.ok(line.connections() >= 3, `${line.connections()} connections`)
    assert.ok(line.bytes() < CONTENT.length + 100_000, `${line.bytes()} bytes`)
    await line.close()
  })

  it('in memory that does not match its digest fails', async () => {
    const digest = createHash('sha256').update('another file').digest('base64')
    const headers = { 'repr-digest': `sha-256=:${digest}:`, 'content-length': '7' }
    const server = await startScriptedServer(response => response.writeHead(200, headers).end('damaged'))
    await assert.rejects(downloadBlob(new Thresher({ url: server.url }), source), DownloadError)
    await server.close()
  })

  it('fails at once if the service refuses, or the address belongs to another service', async () => {
    const client = new Thresher({ url: api.url })
    await assert.rejects(download(client, { jobId: 'job_none', name: 'metrics.csv' }, path), NotFoundError)
    await assert.rejects(
      download(client, '/healthz', path),
      /healthz is not an artifact: the answer has no digest/,
    )
    await assert.rejects(download(client, 'http://other.example/file', path), /is not a URL of http:/)
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
