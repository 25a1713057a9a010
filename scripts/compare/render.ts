import { modelName } from '#domain/topology-of.ts'
import { linePlot } from '#interchange/report/line-plot.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import type { Experiment } from './experiments.ts'

export interface Run {
  optimizer: string
  seed: number
  series: readonly EpochMetrics[]
}

const percent = (share: number) => `${(100 * share).toFixed(2)}`

const SYNTHETIC_DATA =
  'The images are synthetic and replace the photographs: these accuracies cannot be compared with the original’s.'

/** A page and its plots, by file name. */
export function renderComparison(
  name: string,
  experiment: Experiment,
  runs: readonly Run[],
  dataset?: string,
): Record<string, string> {
  const curves = (read: (metrics: EpochMetrics) => number) =>
    Object.keys(experiment.optimizers).map(optimizer => ({
      name: optimizer,
      points: meanBySeed(
        runs.filter(run => run.optimizer === optimizer),
        read,
      ),
    }))
  return {
    [`${name}.md`]: renderPage(name, experiment, runs, dataset).join('\n'),
    [`${name}-accuracy.svg`]: linePlot(
      'Test accuracy',
      'epoch',
      curves(m => m.validationAccuracy!),
      'least',
    ),
    [`${name}-nonzero.svg`]: linePlot(
      'Share of non-zero weights',
      'epoch',
      curves(m => 1 - m.sparsity),
    ),
  }
}

/** Points (epoch, mean over the runs). */
function meanBySeed(runs: readonly Run[], read: (metrics: EpochMetrics) => number) {
  return runs[0]!.series.map((_, index) => {
    const values = runs.map(({ series }) => read(series[index]!))
    return [index + 1, values.reduce((sum, value) => sum + value, 0) / values.length] as const
  })
}

function renderPage(
  name: string,
  { title, base, optimizers, original }: Experiment,
  runs: readonly Run[],
  dataset: string | undefined,
): string[] {
  const epochs = runs[0]!.series.length
  const seeds = new Set(runs.map(({ seed }) => seed)).size
  const command = `npm run compare -- ${name} --epochs ${epochs} --seeds ${seeds}${dataset ? ` --dataset ${dataset}` : ''}`
  const date = new Date().toISOString().slice(0, 10)
  return [
    `# ${title}`,
    '',
    `\`${command}\` on ${date}: \`${modelName(base.model)}\`, ${epochs} epochs, the last epoch of ${seeds} seeds (percent, seed by seed).`,
    '',
    ...(dataset?.startsWith('synthetic-') ? [SYNTHETIC_DATA, ''] : []),
    '| optimizer | test accuracy | non-zero weights | non-zero kernel weights |',
    '| --- | --- | --- | --- |',
    ...Object.keys(optimizers).map(optimizer => renderRow(optimizer, runs)),
    '',
    `![test accuracy by epoch](${name}-accuracy.svg)`,
    '',
    `![share of non-zero weights by epoch](${name}-nonzero.svg)`,
    '',
    'Curves are means over the seeds.',
    '',
    '## Compared with the original',
    '',
    original,
    '',
  ]
}

function renderRow(optimizer: string, runs: readonly Run[]): string {
  const last = runs.filter(run => run.optimizer === optimizer).map(({ series }) => series.at(-1)!)
  const each = (read: (metrics: EpochMetrics) => number) =>
    last.map(metrics => percent(read(metrics))).join(' / ')
  return `| ${optimizer} | ${each(m => m.validationAccuracy!)} | ${each(m => 1 - m.sparsity)} | ${each(m => 1 - m.weightSparsity)} |`
}
