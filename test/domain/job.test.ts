import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { NewEvent } from '#domain/event.ts'
import { applyEvent, type Job, placeEvent, queuedEvent, queuedJob, RefusedEvent } from '#domain/job.ts'
import { begin, cancel, loseAttempt } from '#domain/job-decisions.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { epochMetrics } from '#test/support/drive-job.ts'

const worker = { id: 'worker_1', engine: 'native', device: 'cpu' }
const time = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()

function newJob(maxRestarts = 5): Job {
  const { spec } = resolveSpec({ model: { preset: 'mnist-mlp' }, maxRestarts })
  return queuedJob('job_1', spec, { warnings: [], createdAt: time(0) })
}

const fold = (job: Job, ...events: readonly NewEvent[]) =>
  events.reduce((now, event) => applyEvent(now, placeEvent(now, event, time(now.lastSeq))), job)

describe('a job as the fold of its events', () => {
  it('runs from queued to succeeded and keeps its times', () => {
    const running = fold(newJob(), ...begin(worker)(newJob()))
    const done = fold(running, { type: 'succeeded', attempt: 1, data: {} })
    assert.deepEqual([running.status, done.status], ['running', 'succeeded'])
    assert.deepEqual([done.startedAt, done.finishedAt], [time(1), time(2)])
    assert.deepEqual([done.attempt, done.lastSeq, done.worker], [1, 3, worker])
  })

  it('has event 1 from the start', () => {
    const event = queuedEvent(newJob())
    assert.deepEqual([event.seq, event.type, event.time], [1, 'queued', time(0)])
  })

  it('refuses the events of an attempt that has ended', () => {
    const running = fold(newJob(), ...begin(worker)(newJob()))
    const again = fold(running, ...begin(worker)(running))
    assert.equal(again.attempt, 2)
    assert.throws(() => fold(again, { type: 'succeeded', attempt: 1, data: {} }), RefusedEvent)
  })

  it('discards the metrics of a lost attempt after its checkpoint, because the next attempt measures them again', () => {
    const running = fold(newJob(), ...begin(worker)(newJob()))
    const measured = fold(running, { type: 'epoch', attempt: 1, data: epochMetrics(3) })
    assert.equal(measured.best?.epoch, 3)
    const restarted = fold(measured, ...loseAttempt('runner_lost')(measured))
    assert.deepEqual([restarted.metrics, restarted.best], [undefined, undefined])
  })

  it('never leaves a terminal status', () => {
    const cancelled = fold(newJob(), ...cancel(newJob()))
    assert.equal(cancelled.status, 'cancelled')
    assert.throws(() => fold(cancelled, { type: 'started', attempt: 1, data: { worker } }), RefusedEvent)
    assert.deepEqual(begin(worker)(cancelled), [])
  })

  it('is cancelled in two steps while it runs, idempotently', () => {
    const running = fold(newJob(), ...begin(worker)(newJob()))
    const cancelling = fold(running, ...cancel(running))
    assert.equal(cancelling.status, 'cancelling')
    assert.deepEqual(cancel(cancelling), [])
    assert.equal(fold(cancelling, ...loseAttempt('runner_lost')(cancelling)).status, 'cancelled')
  })

  it('refuses a cancel after the end with a conflict', () => {
    const running = fold(newJob(), ...begin(worker)(newJob()))
    const done = fold(running, { type: 'succeeded', attempt: 1, data: {} })
    assert.throws(() => cancel(done), { code: 'conflict' })
  })

  it('fails as worker_lost once its restarts are used up; a shutdown does not count', () => {
    let job = newJob(1)
    job = fold(job, ...begin(worker)(job))
    job = fold(job, ...loseAttempt('shutdown')(job))
    job = fold(job, ...begin(worker)(job))
    assert.equal(job.restarts, 0)
    job = fold(job, ...loseAttempt('runner_lost')(job))
    job = fold(job, ...begin(worker)(job))
    job = fold(job, ...loseAttempt('runner_lost')(job))
    assert.deepEqual([job.status, job.error?.code], ['failed', 'worker_lost'])
  })
})
