import type { EpochMetrics, Job, ListArtifactsResponse } from '@thresher/client'
import { modelOf, optimizerOf, statusColor, targetOf } from '../job-facts.ts'
import { ago, bytes, count, decimal, duration, percent } from '../terminal/figures.ts'
import { sparkline } from '../terminal/sparkline.ts'
import { table } from '../terminal/table.ts'
import { type Colors, columnsOf, type Terminal } from '../terminal/terminal.ts'
import { harmless } from '../terminal/text.ts'

interface Sheet {
  job: Job
  epochs: readonly EpochMetrics[]
  files: ListArtifactsResponse['data']
}

const WIDTH = 11

/** Everything about a job that fits on a screen. */
export function jobSheet({ job, epochs, files }: Sheet, { out, outColors: colors }: Terminal): string[] {
  const columns = columnsOf(out)
  const facts = [...identity(job, colors), ...course(job), ...curves(epochs, colors, columns ?? 80)]
  return [
    ...facts
      .filter(([, value]) => value !== '')
      .map(([name, value]) => colors.dim(name.padEnd(WIDTH)) + value),
    ...job.warnings.map(({ message }) => `${colors.yellow('warning'.padEnd(WIDTH))}${harmless(message)}`),
    ...(job.error
      ? [`${colors.red('error'.padEnd(WIDTH))}${harmless(job.error.message)} (${job.error.code})`]
      : []),
    ...(job.metrics ? ['', ...layerTable(job.metrics, colors, columns)] : []),
    ...(files.length > 0 ? ['', ...fileTable(files, colors, columns)] : []),
  ]
}

function identity(job: Job, colors: Colors): [string, string][] {
  const labels = Object.entries(job.labels).map(([key, value]) => `${key}=${value}`)
  const { dataset, batchSize, seed } = job.spec
  return [
    ['job', job.id],
    ['name', colors.bold(job.name ?? '')],
    [
      'status',
      statusColor(job.status, colors)(job.status) + (job.reason === 'early_stopped' ? ', stopped early' : ''),
    ],
    ['model', `${modelOf(job)} on ${dataset.id}`],
    ['optimizer', optimizerOf(job)],
    ['target', targetOf(job) ?? ''],
    ['training', `${job.progress.epochs} epochs, batches of ${batchSize}, seed ${seed}`],
    ['labels', labels.join(' ')],
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
}: Job): [string, string][] {
  const end = finishedAt ? Date.parse(finishedAt) : Date.now()
  const left = progress.etaSeconds === undefined ? '' : `, ${duration(progress.etaSeconds)} left`
  return [
    ['created', ago(createdAt)],
    ['queue', queuePosition === undefined ? '' : `place ${queuePosition}`],
    ['running', startedAt ? `${duration((end - Date.parse(startedAt)) / 1000)}${left}` : ''],
    ['worker', worker ? `${worker.id}, ${worker.engine} on ${harmless(worker.device)}` : ''],
    ['restarts', restarts > 0 ? String(restarts) : ''],
  ]
}

/** One sparkline for each metric, with its last value. */
function curves(epochs: readonly EpochMetrics[], { green }: Colors, columns: number): [string, string][] {
  const width = Math.max(8, Math.min(60, columns - WIDTH - 12))
  const curve = (
    name: string,
    value: (epoch: EpochMetrics) => number | undefined,
    format: (value: number) => string,
    range?: [number, number],
  ): [string, string][] => {
    const values = epochs.map(value).filter(each => each !== undefined)
    if (values.length === 0) return []
    const [low, high] = range ?? [Math.min(...values), Math.max(...values)]
    return [[name, `${green(sparkline(values, width, low, high))} ${format(values.at(-1)!)}`]]
  }
  return [
    ...curve('loss', ({ trainLoss }) => trainLoss, decimal),
    ...curve('accuracy', ({ validationAccuracy }) => validationAccuracy, percent),
    ...curve('zeros', ({ sparsity }) => sparsity, percent, [0, 1]),
  ]
}

function layerTable({ layers }: EpochMetrics, colors: Colors, columns: number | undefined): string[] {
  return table(
    [
      { title: 'layer', value: ({ name }) => name, shrinkTo: 12 },
      { title: 'shape', value: ({ shape }) => shape.join(' × '), optional: 1 },
      { title: 'weights', align: 'right', value: ({ size }) => count(size) },
      { title: 'not zero', align: 'right', value: ({ nonzero }) => count(nonzero) },
      { title: 'zeros', align: 'right', value: ({ size, nonzero }) => percent(1 - nonzero / size) },
    ],
    layers,
    { colors, columns },
  )
}

function fileTable(files: Sheet['files'], colors: Colors, columns: number | undefined): string[] {
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
    { colors, columns },
  )
}
