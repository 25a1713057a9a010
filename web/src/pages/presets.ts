import type { JobQuery } from '@thresher/client'

type Preset = NonNullable<JobQuery['preset']>

/** The preset models, smallest first. A preset of the contract that is missing here does not compile. */
const NAMES: Record<Preset, true> = {
  'mnist-mlp': true,
  'mnist-lenet': true,
  'cifar10-cnn': true,
  vgg16: true,
  'wrn-28-10': true,
  resnet50: true,
}

export const PRESETS = Object.keys(NAMES) as Preset[]
