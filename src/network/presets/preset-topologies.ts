import type { Topology } from '#network/topology.ts'
import { cifar10Cnn } from './cifar10-cnn.ts'
import { mnistLenet } from './mnist-lenet.ts'
import { mnistMlp } from './mnist-mlp.ts'
import type { PresetName } from './preset-names.ts'
import { resnet50 } from './resnet50.ts'
import { vgg16 } from './vgg16.ts'
import { wrn2810 } from './wrn-28-10.ts'

export const PRESET_TOPOLOGIES: Readonly<Record<PresetName, Topology>> = {
  'mnist-mlp': mnistMlp,
  'mnist-lenet': mnistLenet,
  'cifar10-cnn': cifar10Cnn,
  vgg16: vgg16,
  'wrn-28-10': wrn2810,
  resnet50: resnet50,
}
