import type { EpochMetrics, Job, ListArtifactsResponse } from '@thresher/client'
import { modelOf, optimizerOf, statusColor, targetOf } from '../job-facts.ts'
import { type Fact, factLines } from '../terminal/facts.ts'
import { ago, bytes, count, counted, decimal, duration, percent } from '../terminal/figures.ts'
import { sparkline } from '../terminal/sparkline.ts'
import { type TableOptions, table } from '../terminal/table.ts'
import { type Colors, columnsOf, type Terminal } from '../terminal/terminal.ts'

interface Sheet {
  job: Job
  epochs: readonly EpochMetrics[]
  files: ListArtifactsResponse['data']
}

/** Everything about a job that fits on a screen. */
export function jobSheet({ job, epochs, files }: Sheet, { out, outColors: colors }: Terminal): string[] {
  const options = { colors, columns: columnsOf(out) }
  const facts = [...identity(job, colors), ...course(job), ...curves(epochs, colors, options.columns ?? 80)]
  return [
    ...factLines([...facts, ...problems(job, colors)], options),
    ...(job.metrics ? ['', ...layerTable(job.metrics, options)] : []),
    ...(files.length > 0 ? ['', ...fileTable(files, options)] : []),
  ]
}

function identity(job: Job, colors: Colors): Fact[] {
  const labels = Object.entries(job.labels).map(([key, value]) => `${key}=${value}`)
  const { dataset, batchSize, seed } = job.spec
  const early = job.reason === 'early_stopped' ? ', stopped early' : ''
  return [
    { name: 'job', value: job.id },
    { name: 'name', value: job.name },
    { name: 'status', value: job.status + early, color: statusColor(job.status, colors) },
    { name: 'model', value: `${modelOf(job)} on ${dataset.id}` },
    { name: 'optimizer', value: optimizerOf(job) },
    { name: 'target', value: targetOf(job) },
    {
      name: 'training',
      value: `${counted(job.progress.epochs, 'epoch')}, batches of ${batchSize}, seed ${seed}`,
    },
    { name: 'labels', value: labels.join(' ') },
  ]
}

function course({
  createdAt,
  startedAt,
  finishedAt,
  worker,
  restarts,
  progress,
  queuePosition,
}: Job): Fact[] {
  const end = finishedAt ? Date.parse(finishedAt) : Date.now()
  const left = progress.etaSeconds === undefined ? '' : `, ${duration(progress.etaSeconds)} left`
  return [
    { name: 'created', value: ago(createdAt) },
    { name: 'queue', value: queuePosition === undefined ? undefined : `place ${queuePosition}` },
    { name: 'running', value: startedAt && `${duration((end - Date.parse(startedAt)) / 1000)}${left}` },
    { name: 'engine', value: worker && `${worker.engine} on ${worker.device}` },
    { name: 'restarts', value: restarts > 0 ? String(restarts) : undefined },
  ]
}

function problems({ warnings, error }: Job, { yellow, red }: Colors): Fact[] {
  return [
    ...warnings.map(({ message }) => ({ name: 'warning', value: message, tone: yellow })),
    ...(error ? [{ name: 'error', value: `${error.message} (${error.code})`, tone: red }] : []),
  ]
}

/** One sparkline for each metric, with its last value. */
function curves(epochs: readonly EpochMetrics[], { green }: Colors, columns: number): Fact[] {
  const width = Math.max(8, Math.min(60, columns - 24))
  const curve = (
    name: string,
    value: (epoch: EpochMetrics) => number | undefined,
    format: (value: number) => string,
    range?: [number, number],
  ): Fact[] => {
    const values = epochs.map(value).filter(each => each !== undefined)
    if (values.length === 0) return []
    const [low, high] = range ?? [Math.min(...values), Math.max(...values)]
    const line = `${sparkline(values, width, low, high)} ${format(values.at(-1)!)}`
    return [{ name, value: line, color: text => text.replace(/^\S+/, green) }]
  }
  return [
    ...curve('loss', ({ trainLoss }) => trainLoss, decimal),
    ...curve('accuracy', ({ validationAccuracy }) => validationAccuracy, percent),
    ...curve('zeros', ({ sparsity }) => sparsity, percent, [0, 1]),
  ]
}

function layerTable({ layers }: EpochMetrics, options: TableOptions): string[] {
  return table(
    [
      { title: 'layer', value: ({ name }) => name, shrinkTo: 12 },
      { title: 'shape', value: ({ shape }) => shape.join(' × '), optional: 2 },
      { title: 'weights', align: 'right', value: ({ size }) => count(size), optional: 1 },
      { title: 'not zero', align: 'right', value: ({ nonzero }) => count(nonzero) },
      { title: 'zeros', align: 'right', value: ({ size, nonzero }) => percent(1 - nonzero / size) },
    ],
    layers,
    options,
  )
}

function fileTable(files: Sheet['files'], options: TableOptions): string[] {
  return table(
    [
      { title: 'file', value: ({ name }) => name, shrinkTo: 20 },
      {
        title: 'size',
        align: 'right',
        value: ({ made, sizeBytes }) => (made && sizeBytes !== undefined ? bytes(sizeBytes) : 'on request'),
      },
      { title: 'contents', value: ({ description }) => description, optional: 1, shrinkTo: 20 },
    ],
    files,
    options,
  )
}
