import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { EpochMetrics, Job, JobFrame } from '@thresher/client'
import { EMPTY_RECORD, foldFrames, mergeEpochs } from '#web/src/state/job-record.ts'

const progressOfJob = { epoch: 0, epochs: 4, step: 0, stepsPerEpoch: 9, fraction: 0 }
const job = { id: 'job_1', status: 'running', progress: progressOfJob } as Job
const epoch = (seq: number, epoch: number, trainLoss: number) =>
  ({ seq, type: 'epoch', jobId: 'job_1', data: { epoch, epochs: 4, trainLoss } }) as JobFrame
const progress = (step: number) => ({ type: 'progress', jobId: 'job_1', epoch: 3, step }) as JobFrame

describe('the record of a job', () => {
  it('collects the epochs and the events of the stream', () => {
    const record = foldFrames(EMPTY_RECORD, [{ type: 'snapshot', job }, epoch(2, 1, 0.9), epoch(3, 2, 0.8)])
    assert.deepEqual([record.job?.progress.epoch, record.job?.progress.fraction], [2, 0.5])
    assert.deepEqual(
      record.epochs.map(({ epoch }) => epoch),
      [1, 2],
    )
    assert.equal(record.events.length, 2)
  })

  it('replaces an epoch that was repeated after a restart', () => {
    const before = foldFrames(EMPTY_RECORD, [epoch(2, 1, 0.9), epoch(3, 2, 0.8)])
    const after = foldFrames(before, [epoch(9, 2, 0.7)])
    assert.deepEqual(
      after.epochs.map(({ trainLoss }) => trainLoss),
      [0.9, 0.7],
    )
  })

  it('drops the progress within an epoch once the epoch has ended', () => {
    const within = foldFrames(EMPTY_RECORD, [progress(4), progress(5)])
    assert.equal(within.progress?.step, 5)
    assert.equal(foldFrames(within, [epoch(4, 3, 0.5)]).progress, undefined)
  })

  it('knows that events were trimmed', () => {
    assert.ok(foldFrames(EMPTY_RECORD, [{ type: 'gap', from: 2, to: 90 } as JobFrame]).hasGap)
  })

  it('does not change epochs that nothing was added to', () => {
    const record = foldFrames(EMPTY_RECORD, [epoch(2, 1, 0.9)])
    assert.equal(foldFrames(record, [progress(1)]).epochs, record.epochs)
  })

  it('orders epochs that arrive from two sources', () => {
    const of = (...numbers: number[]) => numbers.map(epoch => ({ epoch }) as EpochMetrics)
    assert.deepEqual(
      mergeEpochs(of(1, 2, 3), of(3, 4)).map(({ epoch }) => epoch),
      [1, 2, 3, 4],
    )
  })
})
