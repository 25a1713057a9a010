import type { PresetName } from '#domain/presets/preset-names.ts'
import { PRESETS } from '#domain/presets/presets.ts'
import type { Course } from '#test/agreement/trajectory/trajectory.ts'
import { OPTIMIZERS } from './optimizers.ts'

/** A preset, at a size at which its steps can be taken with each optimizer while someone waits. */
export interface Subject {
  preset: PresetName
  batchSize: number
  /** Pixels of an image's side, where it is not the preset's own. */
  side?: number
  /** On one thread each, several at a time. */
  isDeep: boolean
  /** What the learning rates are times, so that a deep network's training magnifies rounding less than it goes on. */
  pace: number
}

export const SUBJECTS: readonly Subject[] = [
  { preset: 'mnist-mlp', batchSize: 8, isDeep: false, pace: 1 },
  { preset: 'mnist-lenet', batchSize: 8, isDeep: false, pace: 1 },
  { preset: 'cifar10-cnn', batchSize: 4, isDeep: false, pace: 1 },
  { preset: 'vgg16', batchSize: 4, isDeep: true, pace: 0.1 },
  { preset: 'wrn-28-10', batchSize: 4, side: 8, isDeep: true, pace: 0.01 },
  { preset: 'resnet50', batchSize: 4, side: 64, isDeep: true, pace: 0.01 },
]

/** The optimizer under which each is taken a second time. */
export const TWICE = 'gRDA'

export function courseOf({ isDeep: _, pace, ...subject }: Subject, title: string, steps: number): Course {
  const optimizer = OPTIMIZERS.get(title)!
  const learningRate = optimizer.learningRate * pace
  return { ...subject, optimizer: { ...optimizer, learningRate }, steps }
}

export function describeSubject({ preset, batchSize, side }: Subject): string {
  const size = side ?? PRESETS[preset].topology.inputShape[0]
  return `${preset}, ${batchSize} of ${size} x ${size}`
}
