import { z } from 'zod'

/** The losses of Keras. If the network's last activation is that of the loss (softmax or sigmoid), the loss is computed from the logits. */
export const Loss = z.enum([
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'binaryCrossentropy',
  'meanSquaredError',
  'meanAbsoluteError',
])
export type Loss = z.infer<typeof Loss>

/** The activation that turns a network's outputs into predictions. In training it is part of the loss. */
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

/** The numbers of outputs that fit a dataset's classes, given by name, or its targets. Empty if the loss does not apply to the dataset. */
export function outputsFor(loss: Loss, classes: readonly string[], targets: number | undefined): number[] {
  const isSoftmax = activationOf(loss) === 'softmax'
  if (targets !== undefined) return isSoftmax ? [] : [targets]
  if (isSoftmax) return [classes.length]
  // A single output approximates the index of the class. Otherwise there is one output per class, with target 1 for the example's class.
  const hasNumber = loss === 'binaryCrossentropy' ? classes.length === 2 : areNumbered(classes)
  return hasNumber ? [1, classes.length] : [classes.length]
}

/** Whether the index of a class is meaningful: each class is named by its index, or there are two classes with other names. */
function areNumbered(classes: readonly string[]): boolean {
  const isWord = (name: string) => Number.isNaN(Number(name))
  return (
    classes.every((name, label) => name === String(label)) || (classes.length === 2 && classes.every(isWord))
  )
}
