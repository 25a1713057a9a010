import type {
  Analysis,
  ConnectivityResult,
  HessianResult,
  LayersResult,
  NormRatioResult,
  PlaneResult,
  StructureResult,
} from '@thresher/client'
import { formatCount, formatNumber, formatPercent } from '../../format/numbers.ts'
import {
  type ResultTable,
  tableOfCurve,
  tableOfHessian,
  tableOfLayers,
  tableOfNorms,
  tableOfPlane,
  tableOfStructure,
} from './result-table.ts'

type Fact = readonly [string, string]

interface Described {
  /** The file with the picture, if the kind has one. */
  picture?: string
  summary: string
  facts: Fact[]
  /** The figures behind the picture. */
  table: ResultTable
}

/** What a finished analysis has found, in words and figures; undefined for a kind that has pages of its own, or without a result. */
export function describeResult({ kind, result }: Analysis): Described | undefined {
  if (!result) return undefined
  switch (kind) {
    case 'connectivity':
      return describeCurve(result as ConnectivityResult)
    case 'plane':
      return describePlane(result as PlaneResult)
    case 'hessian':
      return describeHessian(result as HessianResult)
    case 'normRatio':
      return describeNorms(result as NormRatioResult)
    case 'layers':
      return describeLayers(result as LayersResult)
    case 'structure':
      return describeStructure(result as StructureResult)
    default:
      return undefined
  }
}

function describeCurve(result: ConnectivityResult): Described {
  const { barrier, points, distances, step } = result
  const above = barrier === null ? 'not finite' : formatNumber(barrier)
  return {
    table: tableOfCurve(result),
    picture: 'connectivity.svg',
    summary: `Training and validation loss on a curve between the models. The barrier is ${above}.`,
    facts: [
      ['Barrier', above],
      ['Training loss at the ends', `${shown(points[0]?.trainLoss)} and ${shown(points.at(-1)?.trainLoss)}`],
      ['Distance of the models', formatNumber(distances.ends)],
      ['Steps of the bend', formatCount(step)],
    ],
  }
}

function describePlane(result: PlaneResult): Described {
  const { axes, points, third } = result
  const losses = points.flatMap(({ trainLoss }) => trainLoss ?? [])
  const range = `${formatNumber(Math.min(...losses))} to ${formatNumber(Math.max(...losses))}`
  return {
    table: tableOfPlane(result),
    picture: 'plane.svg',
    summary: `Training loss, from ${range}, and test error on the plane through three models.`,
    facts: [
      ['Training loss', range],
      ['One unit', `${formatNumber(axes.x)} in x, ${formatNumber(axes.y)} in y`],
      ['Third point', `(${formatNumber(third.x)}, 1)`],
    ],
  }
}

function describeHessian(result: HessianResult): Described {
  const { projections, baseline, eigenpairs, converged } = result
  return {
    table: tableOfHessian(result),
    picture: 'hessian.svg',
    summary: `The part of each difference along the ${eigenpairs.length} top eigenvectors of the Hessian, beside a random direction.`,
    facts: [
      ...projections.map(
        ({ jobId, projection, curvature }): Fact => [
          jobId,
          `projection ${formatNumber(projection)}, curvature ${formatNumber(curvature)}`,
        ],
      ),
      ['Random direction', `projection ${formatNumber(baseline)}`],
      ['Largest eigenvalues', eigenpairs.map(({ value }) => formatNumber(value)).join(', ')],
      ['Converged', converged ? 'yes' : 'no'],
    ],
  }
}

function describeNorms(result: NormRatioResult): Described {
  const { points } = result
  const last = new Map(points.map(point => [point.jobId, point]))
  return {
    table: tableOfNorms(result),
    picture: 'norm-ratio.svg',
    summary: 'The effective number of weights of each job by epoch.',
    facts: [...last.values()].map(({ jobId, epoch, effective, nonzero }) => [
      `${jobId}, epoch ${epoch}`,
      `${effective === null ? 'none' : formatCount(Math.round(effective))} effective of ${formatCount(nonzero)} non-zero weights`,
    ]),
  }
}

function describeLayers(result: LayersResult): Described {
  return {
    table: tableOfLayers(result),
    summary: 'Zeros by layer, one column for each job.',
    facts: [['All layers', result.models.map(({ sparsity }) => formatPercent(sparsity)).join(', ')]],
  }
}

function describeStructure(result: StructureResult): Described {
  const { parameters, multiplyAdds, times } = result
  const change = ({ before, after }: { before: number; after: number }) =>
    `${formatCount(after)} of ${formatCount(before)}`
  return {
    table: tableOfStructure(result),
    summary: 'What is left without the channels that do nothing.',
    facts: [
      ['Parameters', change(parameters)],
      ['Multiply-adds of an example', change(multiplyAdds)],
      ...(times?.timings ?? []).map(
        ({ batchSize, denseMilliseconds, compactMilliseconds, sparseMilliseconds }): Fact => [
          `Milliseconds for ${batchSize} examples`,
          `${formatNumber(compactMilliseconds)}, dense ${formatNumber(denseMilliseconds)}, sparse ${formatNumber(sparseMilliseconds)}`,
        ],
      ),
    ],
  }
}

function shown(loss: number | null | undefined): string {
  return loss === null || loss === undefined ? 'not finite' : formatNumber(loss)
}
