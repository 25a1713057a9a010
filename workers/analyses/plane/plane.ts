import { PlaneOptions, type PlaneResult } from '#analyses/plane.ts'
import type { PointScores } from '#analyses/same-surface.ts'
import { FormatError } from '#formats/format-error.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { decodeSafetensors } from '#formats/safetensors.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { planePlot } from '#interchange/report/plane-section.ts'
import type { AnalysisInput, Computation } from '#workers/analyses/computation.ts'
import { toCsv } from '#workers/analyses/csv.ts'
import { inOrderOf } from '#workers/analyses/saved-state.ts'
import { SurfaceMeter } from '#workers/analyses/surface/surface-meter.ts'
import { combine, dot, type Point } from '#workers/analyses/surface/vectors.ts'
import { loadSplits } from '#workers/data/load-splits.ts'

const RANGE = [-0.2, 1.2] as const

/** Measures the loss on a grid over the plane through three points. */
export const plane: Computation = async input => {
  const { points: size, examples, analysisId } = PlaneOptions.parse(input.options)
  const models: TrainedModel[] = []
  for (const model of input.models) models.push(await model.read())
  const reference = models.at(-1)!
  const frame = frameOf([models[0]!.weights, models[1]!.weights, await thirdPoint(input, models)])
  const coordinates = Array.from(
    { length: size },
    (_, index) => RANGE[0] + ((RANGE[1] - RANGE[0]) * index) / (size - 1),
  )
  const splits = await loadSplits(reference.spec, input.places)
  const meter = new SurfaceMeter(reference.spec, splits, reference, { examples, signal: input.signal })
  const measure = (place: { x: number; y: number }) =>
    meter.measure({ weights: frame.at(place), statistics: reference.statistics })
  const points = await measureGrid(input, coordinates, measure).finally(() => meter.end())
  await splits.close?.()
  const result: PlaneResult = {
    ...meter.facts,
    models: input.models.map(({ jobId, epoch }) => ({ jobId, epoch })),
    ...(analysisId !== undefined && { analysisId }),
    axes: frame.axes,
    third: frame.third,
    xs: coordinates,
    ys: coordinates,
    points,
  }
  return {
    files: {
      'plane.json': `${JSON.stringify(result)}\n`,
      'plane.csv': planeCsv(result),
      'plane.svg': planePlot(result),
    },
  }
}

/** The bend of a curve, or the model of the third job. */
async function thirdPoint({ readSource }: AnalysisInput, models: readonly TrainedModel[]): Promise<Point> {
  if (!readSource) return models[2]!.weights
  const { tensors } = decodeSafetensors(await readSource())
  return inOrderOf(models[0]!.weights, tensors as FloatTensor[])
}

/**
 * Coordinates on the plane through a, b and c: x along b - a, y along the part of c - a that is orthogonal to it (Gram and Schmidt), each in
 * units of the length of its vector. Thus a is at (0, 0), b at (1, 0) and c at (s, 1) with s = <c - a, b - a> / ||b - a||^2.
 * @throws FormatError if the points are on one line
 */
function frameOf([a, b, c]: readonly [Point, Point, Point]) {
  const [toSecond, toThird] = [combine([b, a], [1, -1]), combine([c, a], [1, -1])]
  const square = dot(toSecond, toSecond)
  const s = dot(toThird, toSecond) / square
  const height = combine([toThird, toSecond], [1, -s])
  const axes = { x: Math.sqrt(square), y: Math.sqrt(dot(height, height)) }
  if (!(axes.y > 1e-6 * axes.x))
    throw new FormatError('the three models are on one line, so they span no plane')
  return {
    axes,
    third: { x: s, y: 1 },
    at: ({ x, y }: { x: number; y: number }) => combine([a, b, c], [1 - x - (1 - s) * y, x - s * y, y]),
  }
}

/** Row by row, continuing after the points that an earlier attempt has measured. */
async function measureGrid(
  { saved, save, advance }: AnalysisInput,
  coordinates: readonly number[],
  measure: (place: { x: number; y: number }) => Promise<PointScores>,
): Promise<PointScores[]> {
  const points = [...((saved?.values as PointScores[] | undefined) ?? [])]
  const size = coordinates.length
  while (points.length < size * size) {
    const [row, column] = [Math.floor(points.length / size), points.length % size]
    points.push(await measure({ x: coordinates[column]!, y: coordinates[row]! }))
    await advance(points.length, size * size)
    await save(points.length, () => ({ values: points, tensors: {} }))
  }
  return points
}

const COLUMNS = ['trainLoss', 'trainAccuracy', 'validationLoss', 'validationAccuracy'] as const

function planeCsv({ xs, ys, points }: PlaneResult): string {
  const rows = points.map((point, index) => [
    xs[index % xs.length],
    ys[Math.floor(index / xs.length)],
    ...COLUMNS.map(column => point[column]),
  ])
  return toCsv(['x', 'y', ...COLUMNS], rows)
}
