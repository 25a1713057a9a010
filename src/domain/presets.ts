import { cifar10Cnn } from '#network/presets/cifar10-cnn.ts'
import { mnistLenet } from '#network/presets/mnist-lenet.ts'
import { mnistMlp } from '#network/presets/mnist-mlp.ts'
import type { PresetName } from '#network/presets/preset-names.ts'
import { resnet50 } from '#network/presets/resnet50.ts'
import { vgg16 } from '#network/presets/vgg16.ts'
import { wrn2810 } from '#network/presets/wrn-28-10.ts'
import type { Preset } from './presets/preset.ts'

export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  'mnist-mlp': mnistMlp,
  'mnist-lenet': mnistLenet,
  'cifar10-cnn': cifar10Cnn,
  vgg16,
  'wrn-28-10': wrn2810,
  resnet50,
}
