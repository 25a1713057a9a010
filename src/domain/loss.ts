import { z } from 'zod'

/** As Keras has them, of the logits where the network's last activation is the loss's own: softmax, or sigmoid. */
export const Loss = z.enum([
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'binaryCrossentropy',
  'meanSquaredError',
  'meanAbsoluteError',
])
export type Loss = z.infer<typeof Loss>

/** The activation that turns a network's outputs into answers, and is part of the loss in training. */
export type LossActivation = 'softmax' | 'sigmoid' | 'linear'

export function activationOf(loss: Loss): LossActivation {
  switch (loss) {
    case 'categoricalCrossentropy':
    case 'sparseCategoricalCrossentropy':
      return 'softmax'
    case 'binaryCrossentropy':
      return 'sigmoid'
    case 'meanSquaredError':
    case 'meanAbsoluteError':
      return 'linear'
  }
}

/** How many outputs a network needs for a dataset's classes, or its targets: any of these. None where the loss does not apply. */
export function outputsFor(loss: Loss, classes: number, targets: number | undefined): number[] {
  const isSoftmax = activationOf(loss) === 'softmax'
  if (targets !== undefined) return isSoftmax ? [] : [targets]
  if (isSoftmax) return [classes]
  // One output for two classes, or for the number of the class; else one an class, its own being 1.
  return loss === 'binaryCrossentropy' && classes !== 2 ? [classes] : [1, classes]
}
