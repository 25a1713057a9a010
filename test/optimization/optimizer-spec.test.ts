import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AppError } from '#domain/error.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { describeOptimizer } from '#jobs/start-from-checkpoint.ts'
import { isExcluded } from '#network/excluded-variables.ts'
import { OptimizerSpec } from '#optimization/optimizer-spec.ts'

const NAMES = OptimizerSpec.options.map(({ shape }) => shape.name.value)

function parse(request: object): OptimizerSpec {
  return OptimizerSpec.parse({ learningRate: 0.01, ...request })
}

function stateOf(request: object): string {
  return describeOptimizer({ optimizer: parse(request) })
}

test('AdamW has the defaults of Keras', () => {
  assert.deepEqual(parse({ name: 'adamw' }), {
    name: 'adamw',
    learningRate: 0.01,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-7,
    amsgrad: false,
    weightDecay: 0.004,
    exclude: [],
  })
})

for (const name of NAMES) {
  const request = { name, ...(name === 'grda' && { c: 0.001, mu: 0.6 }) }

  test(`${name} clips gradients only if the spec requests it`, () => {
    assert.ok(!('globalClipNorm' in parse(request)))
    assert.equal(parse({ ...request, globalClipNorm: 2 }).globalClipNorm, 2)
    assert.ok(!OptimizerSpec.safeParse({ learningRate: 0.01, ...request, globalClipNorm: 0 }).success)
  })

  test(`the state of ${name} fits a job with another learning rate and another clipping`, () => {
    assert.equal(stateOf({ ...request, learningRate: 1, globalClipNorm: 2 }), stateOf(request))
  })
}

test('the state of an optimizer does not fit one whose slots mean something else', () => {
  assert.notEqual(stateOf({ name: 'sgd', momentum: 0.9 }), stateOf({ name: 'sgd' }))
  assert.notEqual(stateOf({ name: 'adam', amsgrad: true }), stateOf({ name: 'adam' }))
  assert.notEqual(stateOf({ name: 'adamw' }), stateOf({ name: 'adam' }))
  assert.equal(stateOf({ name: 'adamw', weightDecay: 0.1 }), stateOf({ name: 'adamw', exclude: ['bias'] }))
})

test('the state of gRDA for whole channels fits one with the same channels', () => {
  const grda = { name: 'grda', c: 0.001, mu: 0.6 }
  const grouped = { ...grda, group: 'outputChannels' }
  assert.equal(stateOf({ ...grda, exclude: ['bias'] }), 'grda')
  assert.notEqual(stateOf(grouped), 'grda')
  assert.notEqual(stateOf({ ...grouped, exclude: ['bias'] }), stateOf(grouped))
  assert.equal(
    stateOf({ ...grouped, c: 1, exclude: ['bias', 'a'] }),
    stateOf({ ...grouped, exclude: ['a', 'bias'] }),
  )
})

test('exclude names layers, variables, all biases, or the gammas and betas of every normalization', () => {
  const kernel = { name: 'dense/kernel', kind: 'kernel' } as const
  const bias = { name: 'dense/bias', kind: 'bias' } as const
  const gamma = { name: 'norm/gamma', kind: 'gamma' } as const
  const excluded = (...words: string[]) =>
    [kernel, bias, gamma].filter(variable => isExcluded(variable, words))
  assert.deepEqual(excluded(), [])
  assert.deepEqual(excluded('dense'), [kernel, bias])
  assert.deepEqual(excluded('bias'), [bias])
  assert.deepEqual(excluded('batchNorm'), [gamma])
  assert.deepEqual(excluded('dense/kernel'), [kernel])
  assert.deepEqual(excluded('den'), [])
})

test('a job whose AdamW excludes a layer that the model does not have is refused', () => {
  const request = (exclude: string[]) => ({
    model: { preset: 'mnist-mlp' as const },
    optimizer: parse({ name: 'adamw', exclude }),
  })
  assert.throws(
    () => resolveSpec(request(['bias', 'conv_9'])),
    (error: AppError) => error.mistakes?.[0]?.path === 'optimizer.exclude.1',
  )
  assert.doesNotThrow(() => resolveSpec(request(['bias', 'dense_1'])))
})
