import type { JobRequest } from '#domain/training-spec.ts'
import type { PresetName } from '#network/presets/preset-names.ts'

type Optimizer = NonNullable<JobRequest['optimizer']>

export interface Experiment {
  title: string
  base: { model: { preset: PresetName } }
  optimizers: Record<string, Optimizer>
  /** The figure in the original repository, and the differences from this comparison. */
  original: string
}

const grda = (c: number, mu: number, learningRate = 0.005): Optimizer => ({
  name: 'grda',
  learningRate,
  c,
  mu,
  exclude: [],
  clock: 'steps',
})
const sgd = (momentum = 0, nesterov = false): Optimizer => ({
  name: 'sgd',
  learningRate: 0.005,
  momentum,
  nesterov,
})
const adagrad: Optimizer = { name: 'adagrad', learningRate: 0.005, initialAccumulator: 0.1, epsilon: 1e-7 }
const adam = (learningRate: number, amsgrad = false): Optimizer => ({
  name: 'adam',
  learningRate,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-7,
  amsgrad,
})

/** The comparisons of the original repository's README. */
export const EXPERIMENTS: Record<string, Experiment> = {
  mnist: {
    title: 'Optimizers on MNIST',
    base: { model: { preset: 'mnist-mlp' } },
    optimizers: {
      'gRDA, mu .51': grda(0.02, 0.51),
      'gRDA, mu .7': grda(0.02, 0.7),
      SGD: sgd(),
      'SGD, Nesterov .9': sgd(0.9, true),
      Adagrad: adagrad,
      Adam: adam(0.005),
      AMSGrad: adam(0.005, true),
    },
    original: [
      'The figure in the original README ends at epoch 150, with gRDA mu .51 at 96.5 % and 72 % of the weights not zero, mu .7 at 95.1 % and 19 %, SGD at 96.8 %, Adagrad at 98.0 % and Adam at 98.2 %.',
      'All of them use the learning rate .005, which is small for the methods without momentum: before epoch 150 the accuracy of SGD and gRDA is still rising, and so is the threshold, which grows with the steps. A shorter run already shows the order of the optimizers, and that gRDA stays close to SGD while its weights become zero.',
      'The original does not state the momentum of its Nesterov run; here it is .9.',
    ].join('\n\n'),
  },
  cifar10: {
    title: 'Optimizers on CIFAR-10',
    base: { model: { preset: 'cifar10-cnn' } },
    optimizers: {
      SGD: sgd(),
      'SGD, momentum .9': sgd(0.9),
      Adagrad: adagrad,
      Adam: adam(0.001),
      'gRDA, mu .3': grda(0.005, 0.3),
      'gRDA, mu .51': grda(0.005, 0.51),
      'gRDA, mu .7': grda(0.005, 0.7),
      'gRDA, mu 1': grda(0.005, 1),
    },
    original: 'The figure in the original README ends at epoch 100 and gives no table.',
  },
}
