import type { TrainingSpec } from '#domain/training-spec.ts'
import type { PresetName } from '#network/presets/preset-names.ts'
import type { OptimizerRequest } from '#optimization/optimizer-spec.ts'
import type { ScheduleSpec } from '#optimization/schedule-spec.ts'

/** The fields of a preset for jobs with a target. The target determines the scale of the threshold. */
type TargetDefaults = Partial<Pick<TrainingSpec, 'schedule' | 'epochs'>> & {
  optimizer: OptimizerRequest
}

/** The fields of the original experiment of a preset. A field of a request replaces the whole field of the preset. */
type PresetDefaults = Pick<TrainingSpec, 'dataset' | 'optimizer'> &
  Partial<Omit<TrainingSpec, 'model' | 'dataset' | 'optimizer' | 'init'>>

/** An experiment of the original repository: the spec fields that a request may omit. */
export interface Preset {
  description: string
  defaults: PresetDefaults
  /** In place of these fields for a job with a target: what docs/targets.md measures. The rates of the experiment are too small for few epochs. */
  withTarget?: TargetDefaults
}

/** The schedule of the original CIFAR runs: constant for half of the epochs, then linear to 1 % at nine tenths of them, then constant. */
const CIFAR_SCHEDULE: ScheduleSpec = {
  name: 'piecewiseLinear',
  points: [
    [0.5, 1],
    [0.9, 0.01],
  ],
  per: 'epoch',
}

export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  'mnist-mlp': {
    description: 'MNIST multilayer perceptron 784-512-10 of the original README figure',
    defaults: {
      dataset: { id: 'mnist' },
      optimizer: { name: 'grda', learningRate: 0.005, c: 0.02, mu: 0.7, exclude: [], clock: 'steps' },
      batchSize: 128,
      epochs: 100,
    },
    withTarget: {
      optimizer: { name: 'grda', learningRate: 0.3, mu: 0.6, exclude: [], clock: 'steps' },
      epochs: 10,
    },
  },
  'mnist-lenet': {
    description: 'MNIST LeNet of the original PyTorch example',
    defaults: {
      dataset: { id: 'mnist', normalize: { mean: [0.1307], std: [0.3081] } },
      optimizer: { name: 'grda', learningRate: 0.01, c: 0.1, mu: 0.5, exclude: [], clock: 'steps' },
      schedule: { name: 'multiStep', at: [3, 6, 9], factor: 0.1, per: 'epoch' },
      batchSize: 64,
      epochs: 10,
    },
    withTarget: {
      optimizer: { name: 'grda', learningRate: 0.05, mu: 0.6, exclude: [], clock: 'steps' },
      schedule: { name: 'constant' },
    },
  },
  'cifar10-cnn': {
    description: 'CIFAR-10 convolutional network of the original README figure',
    defaults: {
      dataset: { id: 'cifar10' },
      optimizer: { name: 'grda', learningRate: 0.005, c: 0.001, mu: 0.5, exclude: [], clock: 'steps' },
      batchSize: 10,
      epochs: 20,
    },
  },
  vgg16: {
    description: 'VGG16 without batch normalization, of the original CIFAR-10 experiment',
    defaults: {
      dataset: {
        id: 'cifar10',
        normalize: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
      },
      optimizer: { name: 'grda', learningRate: 0.1, c: 0.0005, mu: 0.6, exclude: [], clock: 'steps' },
      schedule: CIFAR_SCHEDULE,
      augmentation: [{ name: 'randomCrop', padding: 4 }, { name: 'horizontalFlip' }],
      batchSize: 128,
      epochs: 600,
    },
  },
  'wrn-28-10': {
    description: 'Wide ResNet 28-10 of the original CIFAR experiments',
    defaults: {
      dataset: {
        id: 'cifar10',
        normalize: { mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] },
      },
      optimizer: { name: 'grda', learningRate: 0.1, c: 0.001, mu: 0.501, exclude: [], clock: 'steps' },
      schedule: CIFAR_SCHEDULE,
      augmentation: [{ name: 'randomCrop', padding: 4 }, { name: 'horizontalFlip' }],
      batchSize: 128,
      epochs: 200,
    },
  },
  resnet50: {
    description: 'ResNet-50 of the original ImageNet experiment',
    defaults: {
      dataset: {
        id: 'imagenet',
        normalize: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
      },
      optimizer: { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.55, exclude: [], clock: 'steps' },
      augmentation: [{ name: 'randomResizedCrop' }, { name: 'horizontalFlip' }],
      schedule: { name: 'multiStep', at: [140], factor: 0.1, per: 'epoch' },
      batchSize: 256,
      epochs: 145,
    },
  },
}

/** The fields that a request with this preset may omit. */
export function defaultsOf(
  preset: PresetName,
  { target }: { target?: unknown },
): Omit<PresetDefaults, 'optimizer'> & TargetDefaults {
  const { defaults, withTarget } = PRESETS[preset]
  return target === undefined ? defaults : { ...defaults, ...withTarget }
}
