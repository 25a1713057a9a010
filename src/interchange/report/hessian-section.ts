import type { HessianResult } from '#analyses/hessian.ts'
import { escapeHtml } from './escape-html.ts'
import { htmlTable } from './html-table.ts'
import { linePlot } from './line-plot.ts'

/** The part of each difference along each eigenvector, beside that of a random direction, as a self-contained SVG. */
export function hessianPlot({ projections, parameters, eigenpairs }: HessianResult): string {
  const chance = 1 / Math.sqrt(parameters)
  return linePlot('Part of the difference along each eigenvector', 'eigenvector', [
    ...projections.map(({ jobId, cosines }) => ({
      name: jobId,
      points: cosines.map((cosine, index) => [index + 1, Math.abs(cosine)] as const),
    })),
    { name: 'random direction', points: eigenpairs.map((_, index) => [index + 1, chance] as const) },
  ])
}

/** The part of a report about the top eigenspace of the Hessian. */
export function hessianSection(result: HessianResult): string {
  const { at, eigenpairs, baseline, projections, examples, converged, products } = result
  const rows = projections.map(({ jobId, distance, projection, curvature }) => [
    escapeHtml(jobId),
    ...[distance, projection, projection / baseline, curvature].map(value => value.toPrecision(3)),
  ])
  const values = eigenpairs.map(({ value }) => value.toPrecision(3)).join(', ')
  const worst = Math.max(...eigenpairs.map(({ residual }) => residual))
  return [
    '<h2>Top eigenspace of the Hessian</h2>',
    `<p>Of the training loss at ${escapeHtml(at.jobId)}, over ${examples.training.toLocaleString('en')} examples. Eigenvalues: ${values}. Largest residual: ${worst.toPrecision(2)}${converged ? '' : `, not converged after ${products} products`}.
A random direction has a projection of ${baseline.toPrecision(3)} (root mean square).</p>`,
    htmlTable(['difference of', 'distance', 'projection', 'times random', 'curvature along it'], rows),
    hessianPlot(result),
  ].join('\n')
}
