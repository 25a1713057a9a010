import assert from 'node:assert/strict'
import { it } from 'node:test'
import { AnalysisRequest, kindOf } from '#analyses/analysis-request.ts'
import { newJob } from '#test/support/new-job.ts'

const [sparse, dense] = [newJob(), newJob()].map(({ id, spec }) => ({
  id,
  spec,
  checkpoint: { epoch: 1, step: 1, sizeBytes: 1, sha256: '0'.repeat(64) },
}))

function resolve(request: object) {
  const body = { kind: 'hessian', jobs: [sparse!.id, dense!.id], ...request }
  return kindOf('hessian').resolve(AnalysisRequest.parse(body), { jobs: [sparse!, dense!] })
}

it('an analysis of the Hessian has ten eigenvectors by default, to a thousandth of the largest value', () => {
  const { options, mistakes } = resolve({})
  assert.deepEqual([options, mistakes], [{ eigenvectors: 10, tolerance: 0.001, maxProducts: 200 }, []])
})

it('an analysis of the Hessian needs a product for each eigenvector', () => {
  assert.deepEqual(resolve({ eigenvectors: 20, maxProducts: 19 }).mistakes, [
    { path: 'maxProducts', message: 'must be at least 20, one for each eigenvector' },
  ])
})
