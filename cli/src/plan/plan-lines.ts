import type { DryRun } from '@thresher/client'
import { type Fact, factLines } from '../terminal/facts.ts'
import { bytes, count, decimal, duration, percent } from '../terminal/figures.ts'
import { type Column, table } from '../terminal/table.ts'
import { columnsOf, type Terminal } from '../terminal/terminal.ts'

type PlannedEpoch = DryRun['plan']['epochs'][number]

/** The plan of a job: sizes, a forecast for each epoch, warnings. */
export function planLines(dryRun: DryRun, { out, outColors: colors }: Terminal): string[] {
  const { plan, warnings } = dryRun
  const options = { colors, columns: columnsOf(out) }
  const problems = warnings.map(({ path, message }) => ({
    name: 'warning',
    value: `${path ? `${path}: ` : ''}${message}`,
    tone: colors.yellow,
  }))
  return [
    ...factLines([...facts(dryRun), ...problems], options),
    '',
    ...table(columnsFor(plan.epochs), shownEpochs(plan.epochs), options),
  ]
}

function facts({ plan, memory, queuePosition, estimatedSeconds, recommendation }: DryRun): Fact[] {
  const forecast = plan.forecastArtifactBytes
  return [
    { name: 'parameters', value: count(plan.parameters) },
    {
      name: 'training',
      value: `${count(plan.trainingExamples)} examples, ${count(plan.stepsPerEpoch)} steps an epoch`,
    },
    { name: 'memory', value: bytes(memory.neededBytes) },
    {
      name: 'file',
      value: forecast === undefined ? 'not known' : `${bytes(forecast)} (dense: ${bytes(plan.denseBytes)})`,
    },
    {
      name: 'takes',
      value:
        estimatedSeconds === undefined
          ? 'not known before a similar job has finished'
          : duration(estimatedSeconds),
    },
    { name: 'queue', value: `place ${queuePosition}` },
    {
      name: 'c',
      value: recommendation && `${decimal(recommendation.c)} for ${percent(recommendation.sparsity)} zeros`,
    },
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
