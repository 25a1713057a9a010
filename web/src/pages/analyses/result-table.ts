import type {
  ConnectivityResult,
  HessianResult,
  LayersResult,
  NormRatioResult,
  PlaneResult,
  StructureResult,
} from '@thresher/client'
import { formatCount, formatNumber, formatPercent } from '../../format/numbers.ts'

/** The figures behind the picture of a study. */
export interface ResultTable {
  columns: string[]
  rows: string[][]
}

type Scores = ConnectivityResult['points'][number] | PlaneResult['points'][number]

const SCORES = ['Training loss', 'Training accuracy', 'Validation loss', 'Validation accuracy']

export function tableOfCurve({ points }: ConnectivityResult): ResultTable {
  return {
    columns: ['t', ...SCORES],
    rows: points.map(point => [formatNumber(point.t), ...scoresOf(point)]),
  }
}

export function tableOfPlane({ points, xs, ys }: PlaneResult): ResultTable {
  const places = ys.flatMap(y => xs.map(x => [coordinate(x), coordinate(y)]))
  return {
    columns: ['x', 'y', ...SCORES],
    rows: points.map((point, index) => [...places[index]!, ...scoresOf(point)]),
  }
}

function scoresOf({ trainLoss, trainAccuracy, validationLoss, validationAccuracy }: Scores): string[] {
  return [shown(trainLoss), share(trainAccuracy), shown(validationLoss), share(validationAccuracy)]
}

export function tableOfHessian({ eigenpairs, projections }: HessianResult): ResultTable {
  return {
    columns: [
      'Eigenvector',
      'Eigenvalue',
      'Residual',
      ...projections.map(({ jobId }) => `Cosine of ${jobId}`),
    ],
    rows: eigenpairs.map(({ value, residual }, index) => [
      String(index + 1),
      formatNumber(value),
      formatNumber(residual),
      ...projections.map(({ cosines }) => shown(cosines[index])),
    ]),
  }
}

export function tableOfNorms({ points }: NormRatioResult): ResultTable {
  return {
    columns: ['Job', 'Epoch', 'Effective weights', 'Non-zero weights', 'Norm ratio'],
    rows: points.map(({ jobId, epoch, effective, nonzero, ratio }) => [
      jobId,
      String(epoch),
      effective === null ? '–' : formatCount(Math.round(effective)),
      formatCount(nonzero),
      shown(ratio),
    ]),
  }
}

export function tableOfLayers({ layers, models }: LayersResult): ResultTable {
  return {
    columns: ['Layer', 'Weights', ...models.map(({ jobId, epoch }) => `Zeros of ${jobId}, epoch ${epoch}`)],
    rows: layers.map(({ layer, size, nonzero }) => [
      layer,
      formatCount(size),
      ...nonzero.map(count => formatPercent((size - count) / size)),
    ]),
  }
}

export function tableOfStructure({ layers }: StructureResult): ResultTable {
  return {
    columns: ['Layer', 'Channels', 'Live', 'Kept', 'Multiply-adds', 'Multiply-adds of the kept'],
    rows: layers.map(({ layer, channels, live, kept, multiplyAdds }) => [
      layer,
      ...[channels, live, kept, multiplyAdds.before, multiplyAdds.after].map(formatCount),
    ]),
  }
}

function shown(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : formatNumber(value)
}

function share(value: number | undefined): string {
  return value === undefined ? '–' : formatPercent(value)
}

/** Without the rounding of the grid: -2.78e-17 is 0. */
function coordinate(value: number): string {
  return formatNumber(Number(value.toFixed(6)) + 0)
}
