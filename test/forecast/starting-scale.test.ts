import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AppError } from '#domain/error.ts'
import { JobRequest } from '#domain/training-spec.ts'
import { planJob } from '#jobs/plan-job.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'

const dense = (name: string, units: number) => ({
  type: 'dense',
  name,
  units,
  activation: 'linear',
  kernelInitializer: 'glorotUniform',
})
const normalization = { type: 'batchNormalization', name: 'norm', momentum: 0.9, epsilon: 1e-3 }
const networkOf = (...layers: object[]) => ({
  topology: { inputShape: [28, 28, 1], layers: [{ type: 'flatten', name: 'flatten' }, ...layers] },
})

const specOf = (request: object) =>
  resolveSpec(
    JobRequest.parse({
      dataset: { id: 'mnist' },
      optimizer: { name: 'grda', learningRate: 0.1, mu: 0.6 },
      epochs: 5,
      ...request,
    }),
  ).spec
const scaleOf = (model: object, target: object) => (specOf({ model, target }).optimizer as { c: number }).c

describe('the scale that a job with a target starts with', () => {
  for (const [name, model] of [
    ['a small network', networkOf(dense('hidden', 3), dense('out', 10))],
    ['a network with normalizations', networkOf(dense('hidden', 16), normalization, dense('out', 10))],
    ['mnist-mlp', { preset: 'mnist-mlp' }],
  ] as const)
    it(`is for a size that of the sparsity with this size: ${name}`, () => {
      for (const sparsity of [0.6, 0.9]) {
        const sizeBytes = planJob(specOf({ model, target: { sparsity } })).forecastArtifactBytes!
        const ratio = scaleOf(model, { sizeBytes }) / scaleOf(model, { sparsity })
        assert.ok(Math.abs(ratio - 1) < 0.03, `${sparsity}: ${ratio}`)
      }
    })

  it('is finite for a size that only the header and the statistics fill', () => {
    const model = networkOf(dense('hidden', 16), normalization, dense('out', 10))
    const { mistakes } = refused({ model, target: { sizeBytes: 1 } })
    const smallest = Number(/at least (\d+)/.exec(mistakes![0]!.message)![1])
    assert.ok(Number.isFinite(scaleOf(model, { sizeBytes: smallest })))
  })

  it('does not hide that the dataset is missing', () => {
    const { mistakes } = refused({
      model: { preset: 'resnet50' },
      dataset: undefined,
      target: { sparsity: 0.9 },
    })
    assert.ok(mistakes!.some(({ path }) => path.startsWith('dataset')))
  })
})

function refused(request: object): AppError {
  try {
    specOf(request)
  } catch (error) {
    assert.ok(error instanceof AppError)
    return error
  }
  throw new Error('The request was accepted.')
}
