import type { EpochMetrics, Job } from '@thresher/client'
import { bytes, count, duration, percent } from '../terminal/figures.ts'
import type { Colors, Terminal } from '../terminal/terminal.ts'
import { harmless } from '../terminal/text.ts'

/** How a job has ended, where its model is, and how to download it. */
export function outcomeLines(job: Job, { errColors: colors }: Terminal): string[] {
  const { green, red, yellow, dim } = colors
  const epochs = job.progress.epoch
  switch (job.status) {
    case 'succeeded':
      return [
        '',
        `${green('✓')} ${headline(job)}`,
        ...(job.metrics ? modelLines(job, job.metrics, colors) : []),
      ]
    case 'failed':
      return [
        '',
        `${red('✗')} failed after ${epochs} of ${job.progress.epochs} epochs  ${dim(job.error?.code ?? '')}`,
        `  ${harmless(job.error?.message ?? '')}`,
        dim(`  thresher logs ${job.id}`),
      ]
    default:
      return ['', `${yellow('■')} ${job.status} after ${epochs} of ${job.progress.epochs} epochs`]
  }
}

function headline({ reason, startedAt, finishedAt, progress }: Job): string {
  const took =
    startedAt && finishedAt ? ` in ${duration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)}` : ''
  const early = reason === 'early_stopped' ? `, stopped early after ${progress.epoch} epochs` : ''
  return `succeeded${took}${early}`
}

function modelLines(job: Job, metrics: EpochMetrics, { bold, dim }: Colors): string[] {
  const { sparsity, validationAccuracy, layers, sparseBytes, denseBytes } = metrics
  const weights = layers.reduce((sum, { size }) => sum + size, 0)
  const accuracy =
    validationAccuracy === undefined ? '' : `, validation accuracy ${bold(percent(validationAccuracy))}`
  const ratio = denseBytes / sparseBytes
  return [
    '',
    `  ${dim('model')}     ${bold(percent(sparsity))} of ${count(weights)} weights are zero${accuracy}`,
    `  ${dim('file')}      model.sparse.safetensors, ${bytes(sparseBytes)}: ${ratio.toFixed(1)} times smaller than dense`,
    `  ${dim('download')}  thresher download ${job.id}`,
  ]
}
