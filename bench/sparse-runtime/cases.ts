import type { TrainedModel } from '#formats/trained-model.ts'
import type { PresetName } from '#network/presets/preset-names.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { randomModel } from '#test/runtime/random-model.ts'
import { type TrainedPreset, trainedModel } from './trained-model.ts'

/** By the first part of a layer's name, as in the experiment with ResNet-50 of the original paper. */
const PAPER = { conv1: 0.607, layer1: 0.775, layer2: 0.867, layer3: 0.91, layer4: 0.92, fc: 0.966 }

export interface Case {
  preset: PresetName
  /** Where its zeros come from. */
  pattern: string
  model(): TrainedModel | Promise<TrainedModel>
}

/** All kernels equally sparse, at random places. */
const uniform = (preset: PresetName, sparsity: number, source = 'random'): Case => ({
  preset,
  pattern: source,
  model: () => randomModel(PRESET_TOPOLOGIES[preset], () => 1 - sparsity),
})

const trained = (preset: TrainedPreset): Case => ({
  preset,
  pattern: 'trained',
  model: () => trainedModel(preset),
})

/** The paper gives the sparsities of ResNet-50 by layer, and of WRN-28-10 (mu .55, CIFAR-10) only that of the whole network. */
export const CASES: readonly Case[] = [
  trained('mnist-mlp'),
  trained('mnist-lenet'),
  trained('cifar10-cnn'),
  uniform('resnet50', 0.9),
  uniform('resnet50', 0.95),
  {
    preset: 'resnet50',
    pattern: 'by layer as in the paper',
    model: () => randomModel(PRESET_TOPOLOGIES.resnet50, kernel => 1 - paperSparsity(kernel)),
  },
  uniform('wrn-28-10', 0.948, 'as in the paper'),
]

function paperSparsity(kernel: string): number {
  return Object.entries(PAPER).find(([part]) => kernel.startsWith(part))![1]
}

/** The share of a model's parameters that is zero. */
export function sparsityOf({ weights }: TrainedModel): number {
  const size = weights.reduce((sum, { data }) => sum + data.length, 0)
  const zeros = weights.reduce((sum, { data }) => sum + data.filter(value => value === 0).length, 0)
  return zeros / size
}
