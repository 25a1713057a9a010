import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JobEvent, NewEvent } from '#domain/event.ts'
import { finishedRun } from '#forecast/finished-run.ts'
import { epochMetrics } from '#test/support/drive-job.ts'
import { newJob } from '#test/support/new-job.ts'

const worker = { id: 'worker_1', engine: 'native', device: 'cpu' }

/** @param history events and their times in seconds */
function runOf(
  history: readonly (readonly [seconds: number, event: Omit<NewEvent, 'attempt'>])[],
  change = {},
) {
  const job = { ...newJob(change), worker }
  const events = history.map(([seconds, event], index) => {
    const time = new Date(1000 * seconds).toISOString()
    return { ...event, seq: index + 1, jobId: job.id, attempt: 1, time } as JobEvent
  })
  return finishedRun(job, events)
}

const started = { type: 'started', data: { worker } } as const
const succeeded = { type: 'succeeded', data: {} } as const
const epoch = (number: number, change = {}) =>
  ({ type: 'epoch', data: epochMetrics(number, { seconds: 4.69, ...change }) }) as const

describe('the record of a finished job', () => {
  it('splits its running time into start, steps, rest and end', () => {
    const run = runOf([
      [100, started],
      [109, epoch(1)],
      [115, epoch(2)],
      [121, epoch(3)],
      [123, succeeded],
    ])!
    assert.ok(Math.abs(run.stepSeconds - 0.01) < 1e-12)
    assert.ok(Math.abs(run.restSeconds - 1.31) < 1e-9)
    assert.deepEqual([run.startSeconds, run.endSeconds], [3, 2])
  })

  it('takes times from the last attempt and epochs from all, a repeated one once', () => {
    const run = runOf([
      [0, started],
      [9, epoch(1)],
      [15, epoch(2)],
      [900, started],
      [907, epoch(2)],
      [913, epoch(3)],
      [914, succeeded],
    ])!
    assert.deepEqual([run.startSeconds, run.endSeconds], [1, 1])
    assert.deepEqual(
      run.points.map(({ l1, time }) => [l1, Number(time.toFixed(6))]),
      [1, 2, 3].map(number => [0.001 * number, number * 469 * 0.005]),
    )
  })

  it('has no sparsities of an epoch after a cut, and none of a job that starts from other weights', () => {
    const history = [
      [0, started],
      [9, epoch(1)],
      [15, epoch(2)],
      [16, succeeded],
    ] as const
    const pruned = runOf(history, { epochs: 2, finish: { prune: { sparsity: 0.9 } } })!
    assert.deepEqual(
      pruned.points.map(({ l1 }) => l1),
      [0.001],
    )
    const tuned = [
      [0, started],
      [9, epoch(1)],
      [15, epoch(2, { phase: 'fineTune' })],
      [16, succeeded],
    ] as const
    assert.equal(runOf(tuned)!.points.length, 1)
  })

  it('keeps at most 16 epochs, the first and the last among them', () => {
    const epochs = Array.from({ length: 200 }, (_, index) => [index, epoch(index + 1)] as const)
    const { points } = runOf([[0, started], ...epochs, [200, succeeded]])!
    assert.ok(points.length <= 16 && points.length > 10)
    assert.deepEqual([points[0]!.l1, points.at(-1)!.l1], [0.001, 0.2])
  })

  it('does not exist without a complete epoch', () => {
    assert.equal(
      runOf([
        [0, started],
        [1, succeeded],
      ]),
      undefined,
    )
  })
})
