import { OptimizerSpec } from '#optimization/optimizer-spec.ts'

const REQUESTS = {
  gRDA: { name: 'grda', learningRate: 0.01, c: 0.005, mu: 0.6 },
  'gRDA, no biases': { name: 'grda', learningRate: 0.01, c: 0.005, mu: 0.6, exclude: ['bias'] },
  SGD: { name: 'sgd', learningRate: 0.01 },
  Nesterov: { name: 'sgd', learningRate: 0.01, momentum: 0.9, nesterov: true },
  Adagrad: { name: 'adagrad', learningRate: 0.01 },
  AMSGrad: { name: 'adam', learningRate: 0.001, amsgrad: true },
  RMSprop: { name: 'rmsprop', learningRate: 0.001, momentum: 0.5 },
}

/** Every optimizer by a display name, with its optional features switched on. */
export const OPTIMIZERS: ReadonlyMap<string, OptimizerSpec> = new Map(
  Object.entries(REQUESTS).map(([title, request]) => [title, OptimizerSpec.parse(request)]),
)
