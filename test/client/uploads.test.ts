import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { ConnectionError, InvalidRequestError, Thresher, type UploadProgress } from '@thresher/client'
import { openFile } from '@thresher/client/files'
import { answer, broken, stalled, startScriptedServer } from '#test/support/scripted-server.ts'
import { startApi } from '#test/support/start-api.ts'

const MEBIBYTE = 1024 ** 2
const SPEC = { name: 'rows', format: 'csv', label: 'y' } as const

/** A program that uploads a file as a dataset and as a model with progress, and prints how much memory that took. */
const UPLOADING = `
  import { Thresher } from '@thresher/client'
  import { openFile } from '@thresher/client/files'
  const [url, path] = process.argv.slice(1)
  const { datasets, models } = new Thresher({ url })
  const before = process.resourceUsage().maxRSS
  await datasets.create({ name: 'large', format: 'csv', label: 'y' }, [await openFile(path)])
  await models.upload({ name: 'large' }, { files: [await openFile(path)] }, { onProgress: () => {} })
  console.log(process.resourceUsage().maxRSS - before)
`

describe('an upload', () => {
  let folder: string
  let path: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thresher-upload-'))
    path = join(folder, 'rows.csv')
    const rows = Array.from({ length: 20_000 }, (_, i) => `${i % 7},${i % 2}`)
    await writeFile(path, ['x,y', ...rows].join('\n'))
  })
  after(() => rm(folder, { recursive: true }))

  it('of a dataset reports its progress and returns the validated dataset', async t => {
    const api = await startApi()
    t.after(() => api.stop())
    const { datasets } = new Thresher({ url: api.url })
    const progress: UploadProgress[] = []
    const onProgress = (now: UploadProgress) => progress.push(now)
    const file = await openFile(path)
    const created = await datasets.create(SPEC, [file], { onProgress })
    const { status, splits } = await datasets.wait(created.id)
    assert.deepEqual([status, splits], ['ready', { train: 20_000, test: 0 }])
    const { sentBytes, totalBytes } = progress.at(-1)!
    assert.ok(totalBytes > 80_000)
    assert.equal(sentBytes, totalBytes)
    assert.deepEqual(
      progress.map(now => now.sentBytes),
      progress.map(now => now.sentBytes).sort((a, b) => a - b),
    )
    const wrong = { name: 'wrong.csv', content: new Blob(['x,y\n1,0\n2']) }
    await assert.rejects(datasets.create(SPEC, [wrong]), (error: InvalidRequestError) => {
      assert.ok(error instanceof InvalidRequestError)
      assert.match(error.message, /wrong\.csv, row 3/)
      assert.match(String(error.problem.datasetId), /^dataset_/)
      return true
    })
  })

  it('reads its file while it is sent, and never has all of it in memory', async t => {
    const file = { name: 'large.bin', sizeBytes: 500 * MEBIBYTE, receivedBytes: 0 }
    const server = await startScriptedServer((response, request) =>
      request.on('end', () => {
        const [, last] = /-(\d+)\//.exec(request.headers['content-range'] ?? '') ?? []
        if (last) file.receivedBytes = Number(last) + 1
        const dataset = { id: 'dataset_a', status: 'uploading', upload: { files: [file] } }
        response.writeHead(200).end(JSON.stringify(dataset))
      }),
    )
    t.after(() => server.close())
    const large = join(folder, 'large.bin')
    await writeFile(large, '')
    await truncate(large, 500 * MEBIBYTE)
    const program = ['--import', 'tsx', '--input-type=module', '--eval', UPLOADING, server.url, large]
    const { stdout } = await promisify(execFile)(process.execPath, program)
    // The model is one form; the dataset is its record and 63 chunks.
    assert.equal(server.requests.length, 65)
    assert.ok(Number(stdout) * 1024 < 250 * MEBIBYTE, `${stdout} KiB`)
  })

  it('is not sent again after a broken connection, because a second one would make a second dataset', async t => {
    const server = await startScriptedServer(broken, answer(201, {}))
    t.after(() => server.close())
    const { datasets } = new Thresher({ url: server.url })
    await assert.rejects(datasets.create(SPEC, [await openFile(path)]), ConnectionError)
    assert.equal(server.requests.length, 1)
  })

  it('stops when its signal is aborted', async t => {
    const server = await startScriptedServer(stalled)
    t.after(() => server.close())
    const { datasets } = new Thresher({ url: server.url })
    const stop = new AbortController()
    const onProgress = () => stop.abort(new Error('the form was closed'))
    const uploading = datasets.create(SPEC, [await openFile(path)], { signal: stop.signal, onProgress })
    await assert.rejects(uploading, /the form was closed/)
  })
})
