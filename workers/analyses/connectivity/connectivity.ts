import { BEND_FILE, ConnectivityOptions, type ConnectivityResult } from '#analyses/connectivity.ts'
import { encodeSafetensors } from '#formats/safetensors.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { connectivityPlot } from '#interchange/report/connectivity-section.ts'
import type { AnalysisInput, Computation } from '#workers/analyses/computation.ts'
import { toCsv } from '#workers/analyses/csv.ts'
import { inOrderOf, type SavedState } from '#workers/analyses/saved-state.ts'
import { SurfaceMeter } from '#workers/analyses/surface/surface-meter.ts'
import { combine, distance, type Point } from '#workers/analyses/surface/vectors.ts'
import type { Splits } from '#workers/data/examples.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import { bezierWeights } from '#workers/optimizers/bezier.ts'
import { type Bend, curveRun, straightBend, trainBend } from './train-bend.ts'

type Ends = readonly [TrainedModel, TrainedModel]
type CurvePoint = ConnectivityResult['points'][number]

/** What is known so far: the bend, and the points that are measured once it is trained. */
interface Progress {
  bend: Bend
  points: readonly CurvePoint[]
}

/** Trains the bend of a curve between two models, then measures the loss along it. */
export const connectivity: Computation = async input => {
  const options = ConnectivityOptions.parse(input.options)
  const ends: Ends = [await input.models[0]!.read(), await input.models[1]!.read()]
  const splits = await loadSplits(ends[1].spec, input.places)
  const start = input.saved ? restore(input.saved, ends[1]) : { bend: straightBend(ends), points: [] }
  const trained = await train(input, { ends, splits, options }, start)
  const { points, facts } = await measure(input, { ends, splits, options }, trained)
  await splits.close?.()
  const [first, last] = ends.map(({ weights }) => weights) as [Point, Point]
  const bend = trained.bend.weights
  const result: ConnectivityResult = {
    ...facts,
    models: input.models.map(({ jobId, epoch }) => ({ jobId, epoch })),
    step: trained.bend.step,
    distances: {
      ends: distance(first, last),
      firstToBend: distance(first, bend),
      bendToLast: distance(bend, last),
    },
    barrier: barrierOf(points),
    points: [...points],
  }
  return {
    files: {
      'connectivity.json': `${JSON.stringify(result)}\n`,
      'connectivity.csv': toCsv(
        COLUMNS,
        points.map(point => COLUMNS.map(column => point[column])),
      ),
      'connectivity.svg': connectivityPlot(result),
      [BEND_FILE]: encodeSafetensors(bend),
    },
  }
}

const COLUMNS = ['t', 'trainLoss', 'trainAccuracy', 'validationLoss', 'validationAccuracy'] as const

interface Curve {
  ends: Ends
  splits: Splits
  options: ConnectivityOptions
}

/** A point costs the forward passes of an epoch, so it counts as a third of its steps. */
function unitsOf({ options }: Curve, stepsPerEpoch: number) {
  const perPoint = Math.ceil(stepsPerEpoch / 3)
  return { perPoint, total: options.epochs * stepsPerEpoch + options.points * perPoint }
}

async function train(
  { signal, advance, save }: AnalysisInput,
  curve: Curve,
  start: Progress,
): Promise<Progress> {
  const { ends, splits, options } = curve
  const run = curveRun(ends[1].spec, splits, options, signal)
  const { total } = unitsOf(curve, run.stepsPerEpoch)
  let { bend } = start
  const steps = options.epochs * run.stepsPerEpoch
  if (bend.step === steps) return start
  for await (const { step, read } of trainBend(run, ends, bend)) {
    await advance(step, total)
    if (step < steps) await save(step, () => stored({ bend: read(), points: [] }))
    else bend = read()
  }
  return { bend, points: [] }
}

async function measure(
  { signal, advance, save }: AnalysisInput,
  curve: Curve,
  { bend, points: before }: Progress,
) {
  const { ends, splits, options } = curve
  const [first, last] = ends
  const meter = new SurfaceMeter(last.spec, splits, last, { examples: options.examples, signal })
  const { perPoint, total } = unitsOf(curve, bend.step / options.epochs)
  const points = [...before]
  try {
    while (points.length < options.points) {
      const t = points.length / (options.points - 1)
      const { first: a, bend: b, last: c } = bezierWeights(t)
      const weights = combine([first.weights, bend.weights, last.weights], [a, b, c])
      points.push({ t, ...(await meter.measure({ weights, statistics: last.statistics })) })
      const done = bend.step + points.length * perPoint
      await advance(done, total)
      await save(done, () => stored({ bend, points }))
    }
    return { points, facts: meter.facts }
  } finally {
    meter.end()
  }
}

function barrierOf(points: readonly CurvePoint[]): number | null {
  const losses = points.map(({ trainLoss }) => trainLoss)
  if (losses.some(loss => loss === null)) return null
  return Math.max(...(losses as number[])) - Math.max(losses[0]!, losses.at(-1)!)
}

function stored({ bend: { step, weights, statistics }, points }: Progress): SavedState {
  return { values: { step, points }, tensors: { bend: weights, statistics } }
}

function restore({ values, tensors }: SavedState, { weights, statistics }: TrainedModel): Progress {
  const { step, points } = values as { step: number; points: CurvePoint[] }
  const bend = {
    step,
    weights: inOrderOf(weights, tensors.bend),
    statistics: inOrderOf(statistics, tensors.statistics),
  }
  return { bend, points }
}
