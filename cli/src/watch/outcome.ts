import type { EpochMetrics, Job } from '@thresher/client'
import { bytes, count, counted, duration, percent } from '../terminal/figures.ts'
import { type Colors, columnsOf, type Terminal } from '../terminal/terminal.ts'
import { harmless, widthOf, wrap } from '../terminal/text.ts'

/** How a job has ended, where its model is, and how to download it. @param metrics of the epoch of its model */
export function outcomeLines(
  job: Job,
  metrics: EpochMetrics | undefined,
  { err, errColors: colors }: Terminal,
): string[] {
  const { green, red, yellow, dim } = colors
  const epochs = job.progress.epoch
  const columns = columnsOf(err) ?? Number.POSITIVE_INFINITY
  switch (job.status) {
    case 'succeeded':
      return [
        '',
        `${green('✓')} ${headline(job)}`,
        ...(metrics ? modelLines(job, metrics, { colors, columns }) : []),
      ]
    case 'failed':
      return [
        '',
        `${red('✗')} failed after ${epochs} of ${counted(job.progress.epochs, 'epoch')}  ${dim(harmless(job.error?.code ?? ''))}`,
        ...hanging('  ', harmless(job.error?.message ?? ''), columns),
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

function modelLines(
  job: Job,
  metrics: EpochMetrics,
  { colors: { bold, dim }, columns }: { colors: Colors; columns: number },
): string[] {
  const { sparsity, validationAccuracy, layers, sparseBytes, denseBytes } = metrics
  const weights = layers.reduce((sum, { size }) => sum + size, 0)
  const accuracy =
    validationAccuracy === undefined ? '' : `, validation accuracy ${bold(percent(validationAccuracy))}`
  const fact = (name: string, value: string) => hanging(dim(`  ${name.padEnd(10)}`), value, columns)
  return [
    '',
    ...fact('model', `${bold(percent(sparsity))} of ${count(weights)} weights are zero${accuracy}`),
    ...fact('file', `model.sparse.safetensors, ${bytes(sparseBytes)}${comparison(denseBytes, sparseBytes)}`),
    ...fact('download', `thresher download ${job.id}`),
  ]
}

/** A text after a label, broken to the width of the terminal below itself. */
function hanging(label: string, text: string, columns: number): string[] {
  const indent = widthOf(label)
  const lines = wrap(text, Math.max(columns - indent, 20))
  // An id must not be broken, even if it is then not below the text.
  const below = (line: string) => ' '.repeat(Math.max(0, Math.min(indent, columns - widthOf(line))))
  return lines.map((line, index) => (index === 0 ? label : below(line)) + line)
}

/** A small model may have a larger file than without its zeros. */
function comparison(denseBytes: number, sparseBytes: number): string {
  const ratio = (denseBytes / sparseBytes).toFixed(1)
  return Number(ratio) > 1 ? `: ${ratio} times smaller than dense` : ` (dense: ${bytes(denseBytes)})`
}
