import type { EpochMetrics, Job } from '@thresher/client'
import { bytes, count, counted, duration, percent } from '../terminal/figures.ts'
import type { Colors, Terminal } from '../terminal/terminal.ts'
import { harmless } from '../terminal/text.ts'

/** How a job has ended, where its model is, and how to download it. @param metrics of the epoch of its model */
export function outcomeLines(
  job: Job,
  metrics: EpochMetrics | undefined,
  { errColors: colors }: Terminal,
): string[] {
  const { green, red, yellow, dim } = colors
  const epochs = job.progress.epoch
  switch (job.status) {
    case 'succeeded':
      return ['', `${green('✓')} ${headline(job)}`, ...(metrics ? modelLines(job, metrics, colors) : [])]
    case 'failed':
      return [
        '',
        `${red('✗')} failed after ${epochs} of ${counted(job.progress.epochs, 'epoch')}  ${dim(harmless(job.error?.code ?? ''))}`,
        `  ${harmless(job.error?.message ?? '')}`,
        dim(`  thresher logs ${job.id}`),
      ]
    default:
      return [
        '',
        `${yellow('■')} ${harmless(job.status)} after ${epochs} of ${counted(job.progress.epochs, 'epoch')}`,
      ]
  }
}

function headline({ reason, startedAt, finishedAt, progress }: Job): string {
  const took =
    startedAt && finishedAt ? ` in ${duration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)}` : ''
  const early = reason === 'early_stopped' ? `, stopped early after ${counted(progress.epoch, 'epoch')}` : ''
  return `succeeded${took}${early}`
}

function modelLines(job: Job, metrics: EpochMetrics, { bold, dim }: Colors): string[] {
  const { sparsity, validationAccuracy, layers, sparseBytes, denseBytes } = metrics
  const weights = layers.reduce((sum, { size }) => sum + size, 0)
  const accuracy =
    validationAccuracy === undefined ? '' : `, validation accuracy ${bold(percent(validationAccuracy))}`
  return [
    '',
    `  ${dim('model')}     ${bold(percent(sparsity))} of ${count(weights)} weights are zero${accuracy}`,
    `  ${dim('file')}      model.sparse.safetensors, ${bytes(sparseBytes)}${comparison(denseBytes, sparseBytes)}`,
    `  ${dim('download')}  thresher download ${job.id}`,
  ]
}

/** A small model may have a larger file than without its zeros. */
function comparison(denseBytes: number, sparseBytes: number): string {
  const ratio = (denseBytes / sparseBytes).toFixed(1)
  return Number(ratio) > 1 ? `: ${ratio} times smaller than dense` : ` (dense: ${bytes(denseBytes)})`
}
