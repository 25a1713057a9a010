import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { ownedBy } from '#access/owner.ts'
import { TenantSettings } from '#access/quotas.ts'
import { begin, cancel } from '#domain/job-decisions.ts'
import { QueuePositions } from '#jobs/queue-positions.ts'
import { releaseJobs } from '#jobs/release-jobs.ts'
import type { Stores } from '#stores/connect.ts'
import { appendEvent } from '#test/support/drive-job.ts'
import { keyOf } from '#test/support/key-of.ts'
import { newJob } from '#test/support/new-job.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'
import { storeJob } from '#test/support/store-job.ts'

const worker = { id: 'worker_a', engine: 'wasm', device: 'cpu' }

describe('the release of waiting jobs to workers', () => {
  let test: TestStores
  before(async () => {
    test = await startStores()
  })
  afterEach(() => test.stores.redis.flushall())
  after(() => test.stop())

  const of = (tenant: string, keyId?: string) => test.stores.of({ tenant, keyId })
  const submit = async (stores: Stores, change = {}) => {
    const job = { ...newJob(change), ...ownedBy(stores.owner) }
    return (await storeJob(stores, job)).id
  }
  const settle = (tenant: string, settings: object) =>
    test.stores.tenantSettings.set(tenant, TenantSettings.parse(settings))
  const beat = (id: string) =>
    test.stores.workers.beat({
      ...{ id, host: 'host', pid: 1, engine: 'wasm', engineVersion: '1', device: 'cpu', threads: 1 },
      startedAt: new Date().toISOString(),
    })
  /** Runs every job that is released next, one at a time. @returns their ids in order */
  const runAll = async (): Promise<string[]> => {
    const ran: string[] = []
    for (;;) {
      await releaseJobs(test.stores)
      const [id] = await test.stores.waiting.released()
      if (id === undefined) return ran
      ran.push(id)
      await test.stores.work.append(id, begin(worker))
      await test.stores.work.append(id, ({ attempt }) => [{ type: 'succeeded', attempt, data: {} }])
      await test.stores.queue.remove(id)
    }
  }

  it('releases no more jobs than there are workers', async () => {
    for (let i = 0; i < 5; i++) await submit(of('a'))
    await releaseJobs(test.stores)
    assert.equal(await test.stores.waiting.releasedCount(), 0)
    await beat('worker_a')
    await beat('worker_b')
    await Promise.all(Array.from({ length: 8 }, () => releaseJobs(test.stores)))
    assert.equal(await test.stores.waiting.releasedCount(), 2)
  })

  it('serves a tenant with one job after one running job of a tenant with many', async () => {
    await beat('worker_a')
    const many: string[] = []
    for (let i = 0; i < 20; i++) many.push(await submit(of('many')))
    await releaseJobs(test.stores)
    assert.deepEqual(await test.stores.waiting.released(), [many[0]])
    const single = await submit(of('single'))
    const place = await new QueuePositions(test.stores).of(await of('single').jobs.require(single))
    // Behind the released job, which no worker has begun.
    assert.equal(place?.queuePosition, 2)
    assert.deepEqual((await runAll()).slice(0, 3), [many[0], single, many[1]])
  })

  it('serves the jobs of a tenant by priority, then in the order of their submission, whichever key submitted them', async () => {
    await beat('worker_a')
    const [first, second] = [of('a', 'key_1'), of('a', 'key_2')]
    const ids = [
      await submit(first),
      await submit(second),
      await submit(first, { priority: 50 }),
      await submit(second, { priority: 1 }),
      await submit(first),
    ]
    const positions = new QueuePositions(test.stores)
    const places = await Promise.all(ids.map(async id => positions.of(await first.jobs.require(id))))
    assert.deepEqual(
      places.map(place => place?.queuePosition),
      [2, 3, 5, 1, 4],
    )
    assert.deepEqual(
      await runAll(),
      [3, 0, 1, 4, 2].map(index => ids[index]),
    )
  })

  it('gives every waiting job the position at which it is served', async () => {
    await beat('worker_a')
    const jobs = new Map<string, string>()
    for (const [tenant, count] of [
      ['a', 7],
      ['b', 2],
      ['c', 4],
    ] as const)
      for (let i = 0; i < count; i++) jobs.set(await submit(of(tenant)), tenant)
    const positions = new QueuePositions(test.stores)
    const places = await Promise.all(
      [...jobs].map(async ([id, tenant]) => {
        const place = await positions.of(await of(tenant).jobs.require(id))
        return { id, position: place!.queuePosition }
      }),
    )
    const expected = places.sort((x, y) => x.position - y.position)
    assert.deepEqual(
      expected.map(({ position }) => position),
      expected.map((_, index) => index + 1),
    )
    assert.deepEqual(
      await runAll(),
      expected.map(({ id }) => id),
    )
  })

  it('gives a tenant that was idle no advantage over one that was busy', async () => {
    await beat('worker_a')
    for (let i = 0; i < 3; i++) await submit(of('busy'))
    await runAll()
    for (let i = 0; i < 4; i++) await submit(of('busy'))
    const late: string[] = []
    for (let i = 0; i < 4; i++) late.push(await submit(of('idle')))
    const order = (await runAll()).map(id => late.includes(id))
    assert.deepEqual(order.filter(Boolean).length, 4)
    for (let at = 0; at < order.length; at += 2) assert.notEqual(order[at], order[at + 1])
  })

  it('serves a tenant in proportion to its weight', async () => {
    await beat('worker_a')
    await settle('heavy', { weight: 3 })
    const heavy: string[] = []
    for (let i = 0; i < 9; i++) heavy.push(await submit(of('heavy')))
    for (let i = 0; i < 3; i++) await submit(of('light'))
    const positions = new QueuePositions(test.stores)
    const places = await Promise.all(
      heavy.map(async id => (await positions.of(await of('heavy').jobs.require(id)))!.queuePosition),
    )
    const order = await runAll()
    assert.deepEqual(
      heavy.map(id => order.indexOf(id) + 1),
      places,
    )
    for (let at = 0; at < 12; at += 4)
      assert.equal(order.slice(at, at + 4).filter(id => heavy.includes(id)).length, 3)
  })

  it('holds back the jobs of a tenant that runs as many as it may, and not those of others', async () => {
    for (const id of ['worker_a', 'worker_b', 'worker_c']) await beat(id)
    await settle('limited', { quotas: { runningJobs: 1 } })
    const limited = [await submit(of('limited')), await submit(of('limited'))]
    const other = await submit(of('other'))
    await releaseJobs(test.stores)
    assert.deepEqual((await test.stores.waiting.released()).sort(), [limited[0], other].sort())
    await test.stores.work.append(limited[0]!, cancel)
    await releaseJobs(test.stores)
    assert.ok(await test.stores.waiting.isReleased(limited[1]!))
  })

  it('holds back the jobs of a key that runs as many as it may, and not those of other keys', async () => {
    await beat('worker_a')
    await beat('worker_b')
    const { id: keyId } = await keyOf(test.stores, {
      tenant: 'a',
      scopes: ['submit'],
      quotas: { runningJobs: 0 },
    })
    const held = await submit(of('a', keyId))
    const free = await submit(of('a'))
    await releaseJobs(test.stores)
    assert.deepEqual(await test.stores.waiting.released(), [free])
    assert.equal(await test.stores.waiting.rank(await of('a').jobs.require(held)), 0)
  })

  it('lets a tenant save up no turns while a quota holds back its jobs', async () => {
    await beat('worker_a')
    const { id: heldKey } = await keyOf(test.stores, {
      tenant: 'holder',
      scopes: ['submit'],
      quotas: { runningJobs: 0 },
    })
    await submit(of('holder', heldKey))
    for (let i = 0; i < 6; i++) await submit(of('busy'))
    assert.equal((await runAll()).length, 6)
    for (let i = 0; i < 4; i++) await submit(of('busy'))
    const late: string[] = []
    for (let i = 0; i < 4; i++) late.push(await submit(of('holder')))
    const order = (await runAll()).map(id => late.includes(id))
    assert.equal(order.length, 8)
    for (let at = 0; at < order.length; at += 2) assert.notEqual(order[at], order[at + 1])
  })

  it('names the quota that holds a job back, and does not count held jobs in the positions of others', async () => {
    await beat('worker_a')
    await settle('held', { quotas: { runningJobs: 0 } })
    const held = await submit(of('held'))
    await submit(of('held'))
    const other = await submit(of('other'))
    const positions = new QueuePositions(test.stores)
    const place = await positions.of(await of('held').jobs.require(held))
    assert.deepEqual(place?.waitsFor, { quota: 'runningJobs', of: 'tenant' })
    assert.equal(place?.estimatedStartAt, undefined)
    assert.equal((await positions.of(await of('other').jobs.require(other)))?.queuePosition, 1)
  })

  it('holds back the jobs of a tenant that has used up the device seconds of the day', async () => {
    await beat('worker_a')
    await settle('a', { quotas: { deviceSecondsPerDay: 10 } })
    await test.stores.usage.addRunning({ tenant: 'a' }, { deviceMs: 10_000, examples: 0 })
    const held = await submit(of('a'))
    await releaseJobs(test.stores)
    assert.deepEqual(await test.stores.waiting.released(), [])
    await settle('a', { quotas: { deviceSecondsPerDay: 11 } })
    await releaseJobs(test.stores)
    assert.deepEqual(await test.stores.waiting.released(), [held])
  })

  it('forgets a job that is cancelled or paused, waiting or released', async () => {
    await beat('worker_a')
    const [released, waiting] = [await submit(of('a')), await submit(of('a'))]
    await releaseJobs(test.stores)
    for (const id of [released, waiting]) await test.stores.work.append(id, cancel)
    assert.deepEqual(await test.stores.waiting.released(), [])
    assert.deepEqual(await test.stores.waiting.shares(), [])
    const paused = await submit(of('a'))
    await releaseJobs(test.stores)
    await test.stores.work.append(paused, ({ attempt }) => [{ type: 'paused', attempt, data: {} }])
    assert.equal(await test.stores.waiting.releasedCount(), 0)
    await appendEvent(of('a'), paused, 'resumed', {})
    assert.equal(await test.stores.waiting.rank(await of('a').jobs.require(paused)), 0)
  })
})
