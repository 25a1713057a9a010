import type { NormRatioResult } from '#analyses/norm-ratio.ts'
import { linePlot } from './line-plot.ts'

/** The effective number of weights by epoch, one line per job, as a self-contained SVG. */
export function normRatioPlot({ points }: NormRatioResult): string {
  const jobs = [...new Set(points.map(({ jobId }) => jobId))]
  return linePlot(
    'Effective number of weights',
    'epoch',
    jobs.map(job => ({
      name: job,
      points: points.flatMap(({ jobId, epoch, effective }) =>
        jobId === job && effective !== null ? [[epoch, effective] as const] : [],
      ),
    })),
  )
}

/** The part of a report about how evenly the magnitude of its model is spread. */
export function normRatioSection(result: NormRatioResult): string {
  return [
    '<h2>Effective number of weights</h2>',
    '<p>The square of the L1 norm divided by the Euclidean norm, over all trainable parameters: n equal magnitudes beside zeros give n.</p>',
    normRatioPlot(result),
  ].join('\n')
}
