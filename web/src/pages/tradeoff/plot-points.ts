import { ACCURACY_AXIS, LOSS_AXIS, SPARSITY_AXIS } from '../../charts/scatter/model-axes.ts'
import { paretoFront } from '../../charts/scatter/pareto-front.ts'
import type { ScatterAxis, ScatterPoint } from '../../charts/scatter/scatter-point.ts'
import { jobName, type NamedJob } from '../../format/job-name.ts'
import { formatBytes, formatMilliseconds, formatNumber, formatPercent } from '../../format/numbers.ts'
import type { ModelPoint } from './model-points.ts'
import { pointId } from './point-id.ts'

export const X_CHOICES = ['sparsity', 'bytes', 'time'] as const
export const RANGES = ['near', 'all'] as const

export interface View {
  x: (typeof X_CHOICES)[number]
  /** `near` leaves out the models that are useless beside the best one. */
  range: (typeof RANGES)[number]
}

export interface Plotted {
  x: ScatterAxis
  y: ScatterAxis
  points: ScatterPoint[]
  front: ScatterPoint[]
  /** The models of the front, by the id of their points. */
  frontIds: ReadonlySet<string>
  /** Models that are worse than the range of the chart. */
  left: number
  /** Models without a time, on the axis of times. */
  untimed: number
}

const X_AXES: Record<View['x'], ScatterAxis> = {
  sparsity: SPARSITY_AXIS,
  bytes: { label: 'size of model.sparse.safetensors', format: formatBytes, scale: 'log', better: 'less' },
  time: { label: 'time of one prediction', format: formatMilliseconds, scale: 'log', better: 'less' },
}

/** The place of a model on the axis; undefined if it was not measured. */
const X_VALUES: Record<View['x'], (model: ModelPoint) => number | undefined> = {
  sparsity: ({ sparsity }) => sparsity,
  bytes: ({ sizeBytes }) => sizeBytes,
  time: ({ timing }) => timing?.sparseMilliseconds,
}

/** A model whose accuracy is farther below the best one is not in the near range. */
const NEAR = 0.1

/** The models of all jobs as points of a chart, with their Pareto front. Without accuracies, the loss takes their place. */
export function plotted(all: readonly ModelPoint[], jobs: readonly NamedJob[], view: View): Plotted {
  const placeOf = X_VALUES[view.x]
  const models = all.filter(model => placeOf(model) !== undefined)
  const jobOf = new Map(jobs.map((job, index) => [job.id, { name: jobName(job), index }]))
  const hasAccuracy = models.every(({ accuracy }) => accuracy !== undefined)
  const gain = ({ accuracy, loss }: ModelPoint) => (hasAccuracy ? accuracy! : -loss)
  const cost = (model: ModelPoint) => (view.x === 'sparsity' ? -1 : 1) * placeOf(model)!
  const best = Math.max(...models.map(gain))
  const isNear = (model: ModelPoint) => view.range === 'all' || !hasAccuracy || gain(model) >= best - NEAR
  const shown = models.filter(isNear)
  const front = paretoFront(shown.map(model => ({ model, gain: gain(model), cost: cost(model) })))
  const frontIds = new Set(front.map(({ model }) => pointId(model)))
  const toPoint = (model: ModelPoint): ScatterPoint => ({
    id: pointId(model),
    x: placeOf(model)!,
    y: hasAccuracy ? model.accuracy! : model.loss,
    label: `${jobOf.get(model.jobId)?.name}, ${describe(model, frontIds.has(pointId(model)))}`,
    group: jobOf.get(model.jobId)?.index ?? 0,
    mark: markOf(model),
    ...(model.curves && { lines: model.curves.map(curve => `${model.jobId} ${curve}`) }),
  })
  const ordered = front.map(({ model }) => toPoint(model)).sort((a, b) => a.x - b.x)
  const axes = { x: X_AXES[view.x], y: hasAccuracy ? ACCURACY_AXIS : LOSS_AXIS }
  const [left, untimed] = [models.length - shown.length, all.length - models.length]
  return { ...axes, points: shown.map(toPoint), front: ordered, frontIds, left, untimed }
}

/** One model in a sentence. */
export function describe(model: ModelPoint, isOnFront: boolean): string {
  const { label, accuracy, loss, sparsity, sizeBytes, timing } = model
  const quality =
    accuracy === undefined ? `loss ${formatNumber(loss)}` : `${formatPercent(accuracy)} accuracy`
  const front = isOnFront ? ', on the Pareto front' : ''
  const time = timing ? `, ${formatMilliseconds(timing.sparseMilliseconds)}` : ''
  return `${label}: ${quality} at ${formatPercent(sparsity)} zeros, ${formatBytes(sizeBytes)}${time}${front}`
}

function markOf({ selection }: ModelPoint): ScatterPoint['mark'] {
  if (selection.checkpoint !== undefined) return 'diamond'
  return selection.sparsity === undefined ? 'disc' : 'dot'
}
