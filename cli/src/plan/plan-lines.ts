import type { DryRun } from '@thresher/client'
import { bytes, count, decimal, duration, percent } from '../terminal/figures.ts'
import { type Column, table } from '../terminal/table.ts'
import type { Colors } from '../terminal/terminal.ts'
import { harmless } from '../terminal/text.ts'

type PlannedEpoch = DryRun['plan']['epochs'][number]

/** The plan of a job: sizes, a forecast for each epoch, warnings. */
export function planLines(dryRun: DryRun, colors: Colors): string[] {
  const { plan, warnings } = dryRun
  return [
    ...facts(dryRun).map(([name, value]) => `${colors.dim(name.padEnd(12))}  ${value}`),
    '',
    ...table(columnsFor(plan.epochs), shownEpochs(plan.epochs), { colors }),
    ...warnings.map(
      ({ path, message }) => `${colors.yellow('warning')}  ${path ? `${path}: ` : ''}${harmless(message)}`,
    ),
  ]
}

function facts({
  plan,
  memory,
  queuePosition,
  estimatedSeconds,
  recommendation,
}: DryRun): [string, string][] {
  const forecast = plan.forecastArtifactBytes
  return [
    ['parameters', count(plan.parameters)],
    ['training', `${count(plan.trainingExamples)} examples, ${count(plan.stepsPerEpoch)} steps an epoch`],
    ['memory', bytes(memory.neededBytes)],
    ['file', forecast === undefined ? 'not known' : `${bytes(forecast)} (dense: ${bytes(plan.denseBytes)})`],
    [
      'takes',
      estimatedSeconds === undefined
        ? 'not known before a similar job has finished'
        : duration(estimatedSeconds),
    ],
    ['queue', `place ${queuePosition}`],
    ...(recommendation
      ? [
          ['c', `${decimal(recommendation.c)} for ${percent(recommendation.sparsity)} zeros`] as [
            string,
            string,
          ],
        ]
      : []),
  ]
}

const MOST_ROWS = 24

/** All epochs, or the first, the last and evenly spaced ones between them. */
function shownEpochs(epochs: readonly PlannedEpoch[]): PlannedEpoch[] {
  if (epochs.length <= MOST_ROWS) return [...epochs]
  const indices = Array.from({ length: MOST_ROWS }, (_, row) =>
    Math.round((row * (epochs.length - 1)) / (MOST_ROWS - 1)),
  )
  return indices.map(index => epochs[index]!)
}

function columnsFor(epochs: readonly PlannedEpoch[]): Column<PlannedEpoch>[] {
  const columns: (Column<PlannedEpoch> & { isKnown?: (epoch: PlannedEpoch) => boolean })[] = [
    { title: 'epoch', align: 'right', value: ({ epoch }) => String(epoch) },
    { title: 'phase', value: ({ phase }) => phase ?? '', isKnown: ({ phase }) => phase !== undefined },
    { title: 'learning rate', align: 'right', value: ({ learningRate }) => decimal(learningRate) },
    {
      title: 'threshold',
      align: 'right',
      value: ({ threshold }) => (threshold === undefined ? '' : decimal(threshold)),
      isKnown: ({ threshold }) => threshold !== undefined,
    },
    {
      title: 'zeros',
      align: 'right',
      value: ({ forecastSparsity, forecastError = 0 }) =>
        forecastSparsity === undefined
          ? ''
          : `${percent(forecastSparsity)}${forecastError > 0 ? ` ± ${percent(forecastError, 1)}` : ''}`,
      isKnown: ({ forecastSparsity }) => forecastSparsity !== undefined,
    },
  ]
  return columns.filter(({ isKnown }) => !isKnown || epochs.some(isKnown))
}
