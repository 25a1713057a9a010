import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { pino } from 'pino'
import { finishOnce } from '#maintenance/finish-uploads.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const FILE = Buffer.from('x,y\n1,0\n2,1\n')
const context = { stopping: new AbortController().signal, log: pino({ level: 'silent' }) }

describe('the maintenance of uploads in chunks', () => {
  let api: Api
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thresher-chunks-'))
    api = await startApi()
  })
  after(async () => {
    await api.stop()
    await rm(folder, { recursive: true })
  })

  const finish = (now: number) =>
    finishOnce({ ...api.stores, ...api.children }, join(folder, '1'), { ...context, now })
  async function announced(): Promise<string> {
    const body = JSON.stringify({
      name: 'rows',
      format: 'csv',
      label: 'y',
      files: [{ name: 'a.csv', sizeBytes: FILE.length }],
    })
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${api.url}/v1/datasets`, { method: 'POST', headers, body })
    return ((await answer.json()) as { id: string }).id
  }

  async function complete(): Promise<string> {
    const id = await announced()
    const { datasets, blobs } = api.stores
    const { sha256 } = await blobs.put(id, [FILE])
    await datasets.revise(id, record => ({
      ...record,
      files: record.files!.map(file => ({ ...file, receivedBytes: file.sizeBytes, chunks: [sha256] })),
    }))
    return id
  }

  it('logs that an upload could not be finished because Redis does not answer', async () => {
    const id = await complete()
    const lines: string[] = []
    const log = pino({ level: 'error' }, { write: (line: string) => lines.push(line) })
    const lease = async () => {
      throw new Error('Connection is closed.')
    }
    await finishOnce({ ...api.stores, ...api.children, lease }, join(folder, '1'), {
      ...context,
      log,
      now: Date.now(),
    })
    while (lines.length === 0) await turn()
    assert.deepEqual(
      lines.map(line => JSON.parse(line).datasetId),
      [id],
    )
    await api.stores.datasets.delete(id)
    await api.stores.datasets.endUpload(id)
  })

  it('finishes an upload whose process died after the last chunk', async () => {
    const id = await complete()
    const { datasets } = api.stores
    await finish(Date.now())
    for (;;) {
      const { status } = (await datasets.require(id)).state
      if (status === 'ready') break
      assert.notEqual(status, 'invalid')
      await new Promise(resolve => setTimeout(resolve, 20))
    }
    await finish(Date.now())
    assert.deepEqual(await datasets.uploads(), [])
  })

  it('deletes an upload without a new chunk for a day', async () => {
    const id = await announced()
    const { datasets, blobs } = api.stores
    await blobs.put(id, [FILE])
    await finish(Date.now() + 86_000_000)
    assert.ok(await datasets.get(id))
    await finish(Date.now() + 87_000_000)
    assert.equal(await datasets.get(id), undefined)
    for await (const { namespace } of blobs.list()) assert.notEqual(namespace, id)
    assert.deepEqual(await datasets.uploads(), [])
  })
})
