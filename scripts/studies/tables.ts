import type { Analysis, Job } from '@thresher/client'
import type { Studied } from './study-network.ts'

type Result<Field extends string> = Extract<NonNullable<Analysis['result']>, Record<Field, unknown>>

/** The tables of one network: the jobs with their projections, the curves, and the eigenvalues. */
export function studyTable({ sparse, dense, analyses }: Studied): string {
  const hessian = analyses.hessian!.result as Result<'eigenpairs'>
  const norms = analyses.normRatio!.result as unknown as { points: { jobId: string; effective: number }[] }
  const curves = [analyses.connectivityOfLess, analyses.connectivity].map(
    curve => curve?.result as Result<'barrier'> | undefined,
  )
  const rows = [...sparse, dense].map((job, index) => {
    const projection = hessian.projections[index]
    // The dense model is the end of every curve.
    const curve = sparse.length > 1 ? curves[Math.min(index, 1)] : curves[1]
    return [
      nameOf(job),
      percent(job.metrics!.sparsity),
      percent(job.metrics!.validationAccuracy!),
      ends(curve, index < sparse.length ? 0 : -1)?.toPrecision(3) ?? '',
      norms.points
        .findLast(({ jobId }) => jobId === job.id)!
        .effective.toLocaleString('en', {
          maximumFractionDigits: 0,
        }),
      projection && index < sparse.length ? (curve?.barrier?.toPrecision(2) ?? '') : '',
      ...(projection
        ? [
            projection.distance,
            projection.projection,
            projection.projection / hessian.baseline,
            projection.curvature,
          ].map(value => value.toPrecision(3))
        : ['', '', '', '']),
    ]
  })
  const values = hessian.eigenpairs.map(({ value }) => value.toPrecision(3)).join(', ')
  const residual = Math.max(...hessian.eigenpairs.map(pair => pair.residual))
  const difference = Math.max(...hessian.eigenpairs.map(pair => pair.differenceError))
  return [
    table(COLUMNS, rows),
    '',
    `Eigenvalues at the dense model, over ${hessian.examples.training.toLocaleString('en')} examples: ${values}; largest residual ${residual.toPrecision(2)}, largest difference error ${difference.toPrecision(2)}, ${hessian.products} products. A random direction has a projection of ${hessian.baseline.toPrecision(3)}.`,
  ].join('\n')
}

const COLUMNS = [
  'job',
  'zeros in %',
  'test accuracy in %',
  'training loss',
  'effective weights',
  'barrier',
  'distance',
  'projection',
  'times random',
  'curvature along it',
]

function nameOf({ spec }: Job): string {
  const { optimizer } = spec
  return optimizer.name === 'grda' ? `gRDA, c = ${optimizer.c}` : 'SGD'
}

function ends(curve: Result<'barrier'> | undefined, end: number): number | null | undefined {
  return curve?.points.at(end)?.trainLoss
}

function percent(share: number): string {
  return (100 * share).toFixed(2)
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [columns, columns.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}
