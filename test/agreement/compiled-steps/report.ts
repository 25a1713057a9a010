import type { Differences } from '#test/agreement/trajectory/differences.ts'
import { TIMES_ROUNDING, TOLERANCE } from '#test/agreement/trajectory/tolerance.ts'
import { CASES, REPEATED_OPTIMIZER } from './cases.ts'
import { agrees, type Measurement } from './measure.ts'
import { OPTIMIZERS } from './optimizers.ts'

/** By case and optimizer. */
export type Results = ReadonlyMap<string, ReadonlyMap<string, Measurement>>

export function describeResults(results: Results, steps: number): string {
  const all = [...results.values()].flatMap(measured => [...measured.values()])
  const exact = all.filter(({ compiled }) => Object.values(compiled).every(difference => difference === 0))
  const magnified = all.filter(({ rounding }) => rounding)
  const repeated = all.filter(({ repeats }) => repeats !== undefined)
  const agreeing = all.filter(agrees).length
  return [
    `\`npm run study -- compiled-steps\`: ${steps} steps compiled and kernel by kernel, from the same weights, batches and seeds, with the presets'`,
    'dropout and augmentation. The first column has the batch and image sizes, which let every network train with every optimizer in',
    'reasonable time; only networks that end in a global average can take smaller images. Deep networks run on one thread, the others on',
    `all. The learning rates are those of \`test/agreement/compiled-steps/optimizers.ts\`, times ${describeFactors()}.`,
    '',
    `Of ${all.length} trainings **${agreeing} agree**: ${exact.length} bit for bit, ${all.length - exact.length - magnified.length} within ${TOLERANCE} in each measure below, and ${magnified.length} in which the training magnifies`,
    'rounding. For the latter the brackets show how far a compiled training moves when each initial weight is one float32 higher or lower,',
    `and they agree if the difference is at most ${TIMES_ROUNDING} times that: ReLU and max pooling switch whole gradients, and Adam and RMSprop divide`,
    'values near zero by their own size, so that in deep networks one ulp grows to percents.',
    `Run twice with ${REPEATED_OPTIMIZER}, ${repeated.filter(({ repeats }) => repeats).length} of ${repeated.length} networks gave the same bits, including dropout and augmentation.`,
    ...section('The largest relative difference of a loss:', results, 'losses'),
    ...section(
      'The largest difference of a final weight or statistic, relative to the largest of its variable:',
      results,
      'variables',
    ),
    ...section(
      'The norm of the difference of all final weights, relative to the distance from the initial weights:',
      results,
      'distance',
    ),
  ].join('\n')
}

function describeFactors(): string {
  return CASES.map(({ preset, rateFactor }) => `${rateFactor} (${preset})`).join(', ')
}

function section(title: string, results: Results, measure: keyof Differences): string[] {
  const titles = [...OPTIMIZERS.keys()]
  const rows = [...results].map(([name, measured]) =>
    [name, ...titles.map(optimizer => describeCell(measured.get(optimizer)!, measure))].join(' | '),
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

function describeCell(measured: Measurement, measure: keyof Differences): string {
  const { compiled, rounding } = measured
  const reference = rounding && ` (${describe(rounding[measure])})`
  const verdict = agrees(measured) ? '' : ' DIFFERS'
  return `${describe(compiled[measure])}${reference ?? ''}${verdict}`
}

function describe(difference: number): string {
  return difference === 0 ? '0' : difference.toExponential(1)
}
