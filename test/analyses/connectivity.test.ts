import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AnalysisRequest, kindOf } from '#analyses/analysis-request.ts'
import type { AnalysedJob } from '#domain/analysis.ts'
import type { JobRequest } from '#domain/training-spec.ts'
import { newJob } from '#test/support/new-job.ts'

function jobOf(change: Partial<JobRequest> = {}): AnalysedJob {
  const { id, spec } = newJob(change)
  return { id, spec, checkpoint: { epoch: 1, step: 1, sizeBytes: 1, sha256: '0'.repeat(64) } }
}

function resolve(jobs: AnalysedJob[], request: object = {}) {
  const body = { kind: 'connectivity', jobs: jobs.map(({ id }) => id), ...request }
  return kindOf('connectivity').resolve(AnalysisRequest.parse(body), { jobs })
}

describe('an analysis of connectivity', () => {
  it('trains the curve like the second job by default', () => {
    const dense = jobOf({
      optimizer: { name: 'sgd', learningRate: 0.07, momentum: 0, nesterov: false },
      epochs: 3,
    })
    const { options, mistakes } = resolve([jobOf(), dense])
    assert.deepEqual([options, mistakes], [{ epochs: 3, learningRate: 0.07, points: 61 }, []])
    const chosen = { epochs: 2, learningRate: 0.5, points: 5, examples: 100 }
    assert.deepEqual(resolve([jobOf(), dense], chosen).options, chosen)
  })

  it('refuses jobs whose loss is another function of the weights, and names the difference', () => {
    const cases: [Partial<JobRequest>, string][] = [
      [{ model: { preset: 'mnist-lenet' } }, 'layers'],
      [{ dataset: { id: 'mnist', normalize: { mean: [0.1], std: [0.3] } } }, 'preprocessing'],
      [{ loss: 'meanSquaredError' }, 'loss'],
    ]
    for (const [change, what] of cases) {
      const { mistakes } = resolve([jobOf(change), jobOf()])
      assert.deepEqual(
        mistakes.map(({ path }) => path),
        ['jobs.0'],
      )
      assert.match(mistakes[0]!.message, new RegExp(`^must have the same .*${what}`))
    }
  })

  it('refuses more examples than the training split has', () => {
    assert.deepEqual(resolve([jobOf(), jobOf()], { examples: 60_001 }).mistakes, [
      { path: 'examples', message: 'must be at most 60000: mnist has no more training examples' },
    ])
  })

  it('needs two jobs', () => {
    const parsed = AnalysisRequest.safeParse({ kind: 'connectivity', jobs: ['job_a'] })
    assert.deepEqual(
      parsed.error?.issues.map(({ path }) => path.join('.')),
      ['jobs'],
    )
  })
})
