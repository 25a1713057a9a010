import type { EpochMetrics } from '@thresher/client'
import { bytes, decimal, duration, percent } from '../terminal/figures.ts'
import { fitLine } from '../terminal/fit-line.ts'
import type { Colors } from '../terminal/terminal.ts'
import { padStart } from '../terminal/text.ts'

/** An epoch in a line of at most `columns` characters: loss, accuracy or error, sparsity, size of the file, duration. */
export function epochLine(metrics: EpochMetrics, { dim }: Colors, columns?: number): string {
  const { epoch, epochs, trainLoss, sparsity, sparseBytes, seconds } = metrics
  const labelled = (label: string, value: string, width: number) => `${dim(label)} ${padStart(value, width)}`
  const digits = String(epochs).length
  const line = [
    { text: padStart(String(epoch), digits) + dim(`/${epochs}`) },
    { text: labelled('loss', decimal(trainLoss), 6), optional: 2 },
    { text: labelled(...qualityOf(metrics)) },
    { text: labelled('zeros', percent(sparsity), 7) },
    { text: padStart(bytes(sparseBytes), 7), optional: 1 },
    { text: padStart(duration(seconds), 5), optional: 3 },
  ]
  return fitLine(line, columns)
}

/** How good the model is on the validation split, as the loss of the job measures it: label, value, width. */
function qualityOf({
  validationAccuracy,
  validationMeanAbsoluteError,
  validationLoss,
}: EpochMetrics): [string, string, number] {
  if (validationAccuracy !== undefined) return ['accuracy', percent(validationAccuracy), 7]
  return validationMeanAbsoluteError === undefined
    ? ['validation loss', decimal(validationLoss), 6]
    : ['mean error', decimal(validationMeanAbsoluteError), 6]
}
