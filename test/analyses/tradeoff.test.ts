import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AnalysisRequest, kindOf } from '#analyses/analysis-request.ts'
import type { CheckpointRecord } from '#domain/checkpoint.ts'
import { JobRequest } from '#domain/training-spec.ts'
import { newJob } from '#test/support/new-job.ts'

const GRDA = { name: 'grda', learningRate: 0.3, c: 0.002, mu: 0.6 }

describe('the requested levels of a trade-off', () => {
  const mistakesOf = (levels: number[], change: object, phase?: CheckpointRecord['phase']) => {
    const body = { model: { preset: 'mnist-mlp' }, optimizer: GRDA, ...change }
    const { id, spec } = newJob(JobRequest.parse(body))
    const checkpoint = { epoch: 1, step: 1, sizeBytes: 1, sha256: '0'.repeat(64), ...(phase && { phase }) }
    const request = AnalysisRequest.parse({ kind: 'tradeoff', jobs: [id], levels })
    const { mistakes } = kindOf('tradeoff').resolve(request, { jobs: [{ id, spec, checkpoint }] })
    return mistakes.map(({ path, message }) => [path, /must be (at \w+ [\d.]+)/.exec(message)![1]])
  }

  it('must leave a weight', () => {
    const most = 1 - 1 / 407_050
    assert.deepEqual(mistakesOf([0.5, most, 0.999999], {}), [['levels.2', 'at most 0.99999754']])
  })

  it('must not bring weights back that a job without an accumulator has cut', () => {
    const target = { target: { sparsity: 0.95 } }
    assert.deepEqual(mistakesOf([0.94, 0.95, 0.96], target, 'fineTune'), [['levels.0', 'at least 0.95']])
    const pruned = { finish: { prune: { sparsity: 0.9 } } }
    assert.deepEqual(mistakesOf([0.94, 0.89], pruned, 'prune'), [['levels.1', 'at least 0.9']])
    assert.deepEqual(mistakesOf([0.94], target), [])
    assert.deepEqual(mistakesOf([0.5], { finish: { fineTune: { epochs: 1 } } }, 'fineTune'), [])
    const growing = { finish: { prune: { sparsity: 0.9 }, fineTune: { epochs: 1, optimizer: GRDA } } }
    assert.deepEqual(mistakesOf([0.5], growing, 'fineTune'), [])
  })
})
