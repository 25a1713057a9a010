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

/** How many outputs a network needs for a dataset's classes, by name, or its targets: any of these. None where the loss does not apply. */
export function outputsFor(loss: Loss, classes: readonly string[], targets: number | undefined): number[] {
  const isSoftmax = activationOf(loss) === 'softmax'
  if (targets !== undefined) return isSoftmax ? [] : [targets]
  if (isSoftmax) return [classes.length]
  // One output comes close to the number of the class; else there is one a class, its own being 1.
  const hasNumber = loss === 'binaryCrossentropy' ? classes.length === 2 : areNumbered(classes)
  return hasNumber ? [1, classes.length] : [classes.length]
}

/** Whether the number of a class means something: it is what the data called it, or the classes are two words. */
function areNumbered(classes: readonly string[]): boolean {
  const isWord = (name: string) => Number.isNaN(Number(name))
  return (
    classes.every((name, label) => name === String(label)) || (classes.length === 2 && classes.every(isWord))
  )
}
