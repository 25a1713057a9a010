import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { access, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pino } from 'pino'
import { type Children, openChildren } from '#children/open-children.ts'
import { settleLostUploads } from '#maintenance/settle-lost-uploads.ts'
import { newId } from '#stores/new-id.ts'
import { redisKeys } from '#stores/redis-keys.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'
import { recordUpload } from '#uploads/ingest-upload.ts'
import { claimUploads, resumeUploads, uploadsOf } from '#uploads/resume-uploads.ts'
import { attemptsOf, storeAttempts } from '#uploads/upload-attempts.ts'

const CSV = { name: 'table', format: 'csv', label: 'y', header: true, delimiter: ',' } as const

/** The id of a process that has ended. */
async function deadProcess(): Promise<number> {
  const child = spawn('true')
  await once(child, 'exit')
  return child.pid!
}

describe('the uploads of a service that was killed', () => {
  let test: TestStores
  let root: string
  before(async () => {
    test = await startStores()
    root = await mkdtemp(join(tmpdir(), 'thresher-left-'))
  })
  after(async () => {
    await test.stop()
    await rm(root, { recursive: true, force: true })
  })

  const services = () => ({ ...test.stores, ...test.children })

  /** An upload of a process. @returns its id and its folder */
  async function leave(pid: number, below = root, rows = '1,0\n2,1\n') {
    const id = newId('dataset')
    const folder = join(uploadsOf(below, pid), id)
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, '0'), `a,y\n${rows}`)
    await recordUpload(
      test.stores,
      id,
      { request: CSV, files: [{ name: 't.csv', path: join(folder, '0') }] },
      folder,
    )
    return { id, folder }
  }

  const stateOf = async (id: string) => (await test.stores.datasets.get(id))!.state

  async function settle() {
    await settleLostUploads(test.stores, root, pino({ level: 'silent' }))()
  }

  it('are claimed only from dead processes, and validated', async () => {
    const dead = await leave(await deadProcess())
    const alive = await leave(process.ppid)
    const unfinished = join(uploadsOf(root, await deadProcess()), newId('dataset'))
    await mkdir(unfinished, { recursive: true })
    const faults: Error[] = []
    await resumeUploads(services(), await claimUploads(root), error => faults.push(error))
    assert.deepEqual(faults, [])
    assert.deepEqual(
      [(await stateOf(dead.id)).status, (await stateOf(alive.id)).status],
      ['ready', 'validating'],
    )
    for (const folder of [dead.folder, unfinished]) await assert.rejects(access(folder))
    await access(alive.folder)
    await rm(alive.folder, { recursive: true })
    await test.stores.datasets.delete(alive.id)
  })

  it('are not read again when the service ended three times while it was reading them', async () => {
    const { id, folder } = await leave(await deadProcess())
    storeAttempts(folder, 3)
    await resumeUploads(services(), await claimUploads(root), assert.ifError)
    assert.deepEqual(await stateOf(id), {
      status: 'invalid',
      error: 'the service ended 3 times while it was reading the upload',
    })
    await assert.rejects(access(folder))
  })

  it('are read again whenever the service stops in an orderly way', async () => {
    const { id, folder } = await leave(await deadProcess(), root, '1,0\n2,1\n'.repeat(1_000_000))
    const stopped = openChildren({ datasetsDir: '', scratch: root })
    const [claimed] = await claimUploads(root)
    const resumed = resumeUploads({ ...test.stores, ...stopped }, [claimed!], error =>
      assert.match(error.message, /is stopping/),
    )
    while (!existsSync(join(claimed!, 'work', 'train.x')))
      await new Promise(resolve => setTimeout(resolve, 20))
    assert.equal(attemptsOf(claimed!), 1)
    await stopped.close()
    await resumed
    assert.equal(attemptsOf(claimed!), 0)
    assert.equal((await stateOf(id)).status, 'validating')
    await resumeUploads(services(), [claimed!], assert.ifError)
    assert.equal((await stateOf(id)).status, 'ready')
    await assert.rejects(access(folder))
  })

  it('are read again when there is space, if the disk was full', async () => {
    const { id, folder } = await leave(process.pid)
    let times = 0
    const full: string[] = []
    const ingester = {
      ingest: async (...[task, onBegin]: Parameters<Children['ingester']['ingest']>) => {
        // A device that is always full, where the first reading writes.
        if (times++ === 0) await symlink('/dev/full', join(task.folder, 'train.x'))
        return await test.children.ingester.ingest(task, onBegin).catch(error => {
          full.push(error.code)
          throw error
        })
      },
    } as unknown as Children['ingester']
    await resumeUploads({ ...test.stores, ingester }, [folder], assert.ifError)
    assert.deepEqual(full, ['ENOSPC'])
    assert.equal((await stateOf(id)).status, 'ready')
  })

  it('become invalid when their files are lost, by their own host or, if that is away, by another', async t => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'thresher-elsewhere-'))
    t.after(() => rm(elsewhere, { recursive: true, force: true }))
    const [lost, kept] = [await leave(await deadProcess()), await leave(process.pid)]
    const other = await leave(process.pid, elsewhere)
    await rm(lost.folder, { recursive: true })
    await settle()
    assert.deepEqual(await stateOf(lost.id), {
      status: 'invalid',
      error: 'the upload was lost when the service stopped; upload it again',
    })
    assert.deepEqual(
      [(await stateOf(kept.id)).status, (await stateOf(other.id)).status],
      ['validating', 'validating'],
    )
    const { owner } = (await stateOf(other.id)) as { owner: string }
    await test.stores.redis.del(redisKeys.uploadOwner(owner))
    await settle()
    assert.equal((await stateOf(other.id)).status, 'invalid')
    assert.equal((await stateOf(kept.id)).status, 'validating')
  })
})
