import type { PresetName } from '#network/presets/preset-names.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import type { TrajectorySpec } from '#test/agreement/trajectory/trajectory.ts'
import { OPTIMIZERS } from './optimizers.ts'

/** A preset, at a size that trains with every optimizer in reasonable time. */
export interface AgreementCase {
  preset: PresetName
  batchSize: number
  /** Height and width of the images in pixels, if not the preset's own. */
  imageSize?: number
  /** Deep networks run on one thread each, several at a time. */
  isDeep: boolean
  /** Factor of the learning rates. Small for deep networks, whose training would otherwise magnify rounding more than it learns. */
  rateFactor: number
}

export const CASES: readonly AgreementCase[] = [
  { preset: 'mnist-mlp', batchSize: 8, isDeep: false, rateFactor: 1 },
  { preset: 'mnist-lenet', batchSize: 8, isDeep: false, rateFactor: 1 },
  { preset: 'cifar10-cnn', batchSize: 4, isDeep: false, rateFactor: 1 },
  { preset: 'vgg16', batchSize: 4, isDeep: true, rateFactor: 0.1 },
  { preset: 'wrn-28-10', batchSize: 4, imageSize: 8, isDeep: true, rateFactor: 0.01 },
  { preset: 'resnet50', batchSize: 4, imageSize: 64, isDeep: true, rateFactor: 0.01 },
]

/** The optimizer whose compiled trajectories are run twice. */
export const REPEATED_OPTIMIZER = 'gRDA'

export function specOf(
  { isDeep: _, rateFactor, ...sizes }: AgreementCase,
  optimizerTitle: string,
  steps: number,
): TrajectorySpec {
  const optimizer = OPTIMIZERS.get(optimizerTitle)!
  const learningRate = optimizer.learningRate * rateFactor
  return { ...sizes, optimizer: { ...optimizer, learningRate }, steps }
}

export function describeCase({ preset, batchSize, imageSize }: AgreementCase): string {
  const size = imageSize ?? PRESET_TOPOLOGIES[preset].inputShape[0]
  return `${preset}, ${batchSize} of ${size} x ${size}`
}
