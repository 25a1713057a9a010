import type { Differences } from '#test/agreement/trajectory/differences.ts'
import { agrees, TIMES_ROUNDING, TOLERANCE } from '#test/agreement/trajectory/tolerance.ts'
import { SUBJECTS, TWICE } from './cases.ts'
import type { Measured } from './measure.ts'
import { OPTIMIZERS } from './optimizers.ts'

/** By subject and optimizer. */
export type Results = ReadonlyMap<string, ReadonlyMap<string, Measured>>

export function describeResults(results: Results, steps: number): string {
  const all = [...results.values()].flatMap(measured => [...measured.values()])
  const exact = all.filter(({ compiled }) => Object.values(compiled).every(difference => difference === 0))
  const magnified = all.filter(({ rounding }) => rounding)
  const repeated = all.filter(({ repeats }) => repeats !== undefined)
  const agreeing = all.filter(agrees).length
  return [
    `\`npm run bench -- agreement\`: ${steps} steps compiled and kernel by kernel, from the same weights, batches and seeds, with the dropout`,
    "and the augmentation that the presets have. Batches and images are of the first column's sizes, as every network takes its steps with",
    'every optimizer; only those that end in a global average can take smaller images. The deep ones are on one thread, the others on all;',
    `learning rates are ${describePaces()} those of \`bench/agreement/optimizers.ts\`.`,
    '',
    `Of ${all.length} trainings **${agreeing} agree**: ${exact.length} to the bit, ${all.length - exact.length - magnified.length} within ${TOLERANCE} of each of the measures below, and in ${magnified.length} the training magnifies`,
    'rounding itself. Of those the brackets have how far the compiled steps are from themselves when each of the first weights is a float32 up',
    `or down, and to agree is to be no more than ${TIMES_ROUNDING} times as far apart: ReLU and max pooling switch whole gradients, and Adam and RMSprop`,
    'divide what is near zero by its own size, so in deep networks what began as an ulp becomes percents.',
    `Taken twice under ${TWICE}, ${repeated.filter(({ repeats }) => repeats).length} of ${repeated.length} networks gave the same bits, dropout and augmentation included.`,
    ...section('The largest relative difference of a loss:', results, 'losses'),
    ...section(
      'The largest difference of a final weight or statistic, relative to the largest of its variable:',
      results,
      'variables',
    ),
    ...section(
      'All final weights, as the norm of their difference over that of the way from the first weights:',
      results,
      'way',
    ),
  ].join('\n')
}

function describePaces(): string {
  return SUBJECTS.map(({ preset, pace }) => `${pace} (${preset})`).join(', ')
}

function section(title: string, results: Results, measure: keyof Differences): string[] {
  const titles = [...OPTIMIZERS.keys()]
  const rows = [...results].map(([subject, measured]) =>
    [subject, ...titles.map(optimizer => describeCell(measured.get(optimizer)!, measure))].join(' | '),
  )
  return [
    '',
    title,
    '',
    `| | ${titles.join(' | ')} |`,
    `| --- |${' --- |'.repeat(titles.length)}`,
    ...rows.map(row => `| ${row} |`),
  ]
}

function describeCell(measured: Measured, measure: keyof Differences): string {
  const { compiled, rounding } = measured
  const reference = rounding && ` (${describe(rounding[measure])})`
  const verdict = agrees(measured) ? '' : ' DIFFERS'
  return `${describe(compiled[measure])}${reference ?? ''}${verdict}`
}

function describe(difference: number): string {
  return difference === 0 ? '0' : difference.toExponential(1)
}
