import type { EvaluationResult } from '#analyses/evaluation-result.ts'
import { escapeHtml } from './escape-html.ts'
import { htmlTable } from './html-table.ts'

/** A larger matrix cannot be read on a page. */
const MOST_CLASSES = 30

const percent = (share: number | null | undefined) =>
  share === null || share === undefined ? '' : `${(100 * share).toFixed(2)} %`
const points = (change: number | null | undefined) =>
  change === null || change === undefined ? '' : `${change > 0 ? '+' : ''}${(100 * change).toFixed(2)}`

/** The part of the report about an evaluation of its model, the first one of the result. */
export function evaluationSection(result: EvaluationResult): string {
  const { models, classes = [] } = result
  const { perClass, perTarget, confusion } = models[0]!
  const nameOf = (label: number) => escapeHtml(classes[label] ?? String(label))
  return [
    '<h2>Evaluation</h2>',
    `<p>${summary(result)}</p>`,
    ...(perClass ? [classTable(result, nameOf)] : []),
    ...(perTarget ? [targetTable(perTarget)] : []),
    ...(confusion && confusion.length <= MOST_CLASSES ? [confusionTable(confusion, nameOf)] : []),
  ].join('\n')
}

function summary({ dataset, split, examples, models, comparison }: EvaluationResult): string {
  const { metrics, calibration } = models[0]!
  const parts = [
    `${examples.toLocaleString('en')} examples, ${split} split of ${escapeHtml(dataset.id)}`,
    ...(metrics.accuracy === undefined ? [] : [`accuracy <b>${percent(metrics.accuracy)}</b>`]),
    `loss ${metrics.loss.toPrecision(4)}`,
    ...(calibration
      ? [`expected calibration error ${percent(calibration.expectedCalibrationError)} (15 bins)`]
      : []),
  ]
  const twin = models[1]
  if (!twin || !comparison) return `${parts.join(', ')}.`
  const { agreement, flipped } = comparison
  const facts = [
    ...(twin.metrics.accuracy === undefined ? [] : [`accuracy ${percent(twin.metrics.accuracy)}`]),
    ...(agreement === undefined ? [] : [`agrees on ${percent(agreement)}`]),
    ...(flipped ? [`examples lost: ${flipped.lost}, gained: ${flipped.gained}`] : []),
  ]
  return `${parts.join(', ')}. Compared with ${escapeHtml(twin.jobId)}: ${facts.join(', ')}.`
}

function classTable({ models, comparison }: EvaluationResult, nameOf: (label: number) => string): string {
  const changes = comparison?.perClass
  const rows = models[0]!.perClass!.map(({ support, precision, recall, f1 }, label) => [
    nameOf(label),
    support.toLocaleString('en'),
    ...[precision, recall, f1].map(percent),
    ...(changes ? [points(changes[label]?.recallChange)] : []),
  ])
  const header = ['class', 'examples', 'precision', 'recall', 'F1', ...(changes ? ['change of recall'] : [])]
  return htmlTable(header, rows)
}

function targetTable(targets: NonNullable<EvaluationResult['models'][number]['perTarget']>): string {
  const rows = targets.map(({ name, meanAbsoluteError, rootMeanSquaredError, r2 }, index) => [
    escapeHtml(name ?? String(index)),
    ...[meanAbsoluteError, rootMeanSquaredError].map(error => error.toPrecision(4)),
    r2?.toFixed(4) ?? '',
  ])
  return htmlTable(['target', 'MAE', 'RMSE', 'R²'], rows)
}

function confusionTable(
  confusion: readonly (readonly number[])[],
  nameOf: (label: number) => string,
): string {
  const names = confusion.map((_, label) => nameOf(label))
  const rows = confusion.map((row, label) => [names[label]!, ...row.map(String)])
  return `<h3>Confusion matrix</h3>\n${htmlTable(['class \\ predicted', ...names], rows)}`
}
