import type { NormRatioResult } from '#analyses/norm-ratio.ts'
import { countNonzero } from '#formats/cuttable-model.ts'
import { normRatioPlot } from '#interchange/report/norm-ratio-section.ts'
import type { Computation } from '#workers/analyses/computation.ts'
import { toCsv } from '#workers/analyses/csv.ts'
import { norm, type Point } from '#workers/analyses/surface/vectors.ts'

const COLUMNS = ['jobId', 'epoch', 'parameters', 'nonzero', 'l1', 'l2', 'ratio', 'effective'] as const

/** Measures the norms of each checkpoint, which is in memory only then. */
export const normRatio: Computation = async ({ models, advance }) => {
  const points: NormRatioResult['points'] = []
  for (const [index, { jobId, epoch, read }] of models.entries()) {
    points.push({ jobId, epoch, ...normsOf((await read()).weights) })
    await advance(index + 1, models.length)
  }
  const result: NormRatioResult = { points }
  return {
    files: {
      'norm-ratio.json': `${JSON.stringify(result)}\n`,
      'norm-ratio.csv': toCsv(
        COLUMNS,
        points.map(point => COLUMNS.map(column => point[column])),
      ),
      'norm-ratio.svg': normRatioPlot(result),
    },
  }
}

/** ||w||_2 / ||w||_1, and (||w||_1 / ||w||_2)^2, which is n for n weights of equal magnitude beside zeros. */
function normsOf(weights: Point): Omit<NormRatioResult['points'][number], 'jobId' | 'epoch'> {
  let l1 = 0
  for (const { data } of weights) for (const value of data) l1 += Math.abs(value)
  const l2 = norm(weights)
  return {
    parameters: weights.reduce((sum, { data }) => sum + data.length, 0),
    nonzero: countNonzero(weights),
    l1,
    l2,
    ratio: l1 === 0 ? null : l2 / l1,
    effective: l1 === 0 ? null : (l1 / l2) ** 2,
  }
}
