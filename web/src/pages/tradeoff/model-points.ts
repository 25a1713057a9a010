import type { EpochMetrics, Job, KeptCheckpoint, Timing, Tradeoff, TradeoffPoint } from '@thresher/client'

/** The query of a download that selects exactly one model of a job; `{}` is the model of the job itself. */
export interface Selection {
  sparsity?: number
  rule?: TradeoffPoint['rule']
  scope?: TradeoffPoint['scope']
  checkpoint?: number
}

/** A model of a job that can be downloaded. */
export interface ModelPoint {
  jobId: string
  /** For example `magnitude, global` or `epoch 4`. */
  label: string
  /** Points of one curve are connected. The trained model is on every curve, and the checkpoints on none. */
  curves?: string[]
  sparsity: number
  /** Share of the validation examples; absent for a loss without classes. */
  accuracy?: number
  loss: number
  /** Size of model.sparse.safetensors. */
  sizeBytes: number
  /** How long the prediction of one example takes; absent if it was not timed. */
  timing?: Pick<Timing, 'denseMilliseconds' | 'sparseMilliseconds'>
  selection: Selection
}

export interface ModelsOfJob {
  job: Pick<Job, 'id' | 'metrics' | 'modelEpoch' | 'latency'>
  tradeoff?: Tradeoff
  checkpoints: readonly KeptCheckpoint[]
  epochs: readonly EpochMetrics[]
}

/** Every measured model of a job: the trained one, the points of its trade-off, and the epochs whose checkpoints are kept. */
export function modelPoints({ job, tradeoff, checkpoints, epochs }: ModelsOfJob): ModelPoint[] {
  const trained = job.modelEpoch ?? job.metrics?.epoch
  const kept = new Set(checkpoints.filter(({ phase }) => phase !== 'prune').map(({ epoch }) => epoch))
  const others = epochs.filter(({ epoch }) => epoch !== trained && kept.has(epoch))
  const points = tradeoff?.points ?? []
  const cuts = points.map(point => ({ ...cutPoint(job.id, point), ...timingOf(timingsAt(tradeoff!, point)) }))
  return [
    ...(points.some(({ own }) => own)
      ? []
      : epochs.filter(({ epoch }) => epoch === trained).map(trainedPoint(job))),
    ...ownPoint(cuts.filter((_, index) => points[index]!.own)),
    ...cuts.filter((_, index) => !points[index]!.own),
    ...others.map(epochPoint(job.id)),
  ]
}

/** The trained model, which the trade-off has once for each curve. */
function ownPoint(own: readonly ModelPoint[]): ModelPoint[] {
  return own
    .slice(0, 1)
    .map(point => ({ ...point, ...TRAINED, curves: own.flatMap(({ curves = [] }) => curves) }))
}

const TRAINED = { label: 'trained model', selection: {} }

function cutPoint(jobId: string, point: TradeoffPoint): ModelPoint {
  const { rule, scope, sparsity, validationAccuracy, validationLoss, sizeBytes } = point
  const curve = `${rule}, ${scope}`
  return {
    ...{
      jobId,
      curves: [curve],
      label: `cut by ${curve}`,
      sparsity,
      loss: validationLoss,
      sizeBytes: sizeBytes.sparse,
    },
    ...(validationAccuracy !== undefined && { accuracy: validationAccuracy }),
    selection: { sparsity, rule, scope },
  }
}

const trainedPoint =
  ({ id, latency }: ModelsOfJob['job']) =>
  (metrics: EpochMetrics) => ({
    ...epochPoint(id)(metrics),
    ...timingOf(latency?.timings),
    ...TRAINED,
  })

/** The times of the point; none if it was not timed. */
function timingsAt({ latency }: Tradeoff, { own, rule, scope, nonzero }: TradeoffPoint): readonly Timing[] {
  if (own) return latency?.timings ?? []
  const isSame = (cut: NonNullable<Tradeoff['latency']>['cuts'][number]) =>
    cut.rule === rule && cut.scope === scope && cut.nonzero === nonzero
  return latency?.cuts.find(isSame)?.timings ?? []
}

/** Of a batch of one, which comes first. */
function timingOf([timing]: readonly Timing[] = []): Pick<ModelPoint, 'timing'> {
  return timing ? { timing } : {}
}

const epochPoint =
  (jobId: string) =>
  ({ epoch, sparsity, validationAccuracy, validationLoss, sparseBytes }: EpochMetrics): ModelPoint => ({
    ...{ jobId, label: `epoch ${epoch}`, sparsity, loss: validationLoss, sizeBytes: sparseBytes },
    ...(validationAccuracy !== undefined && { accuracy: validationAccuracy }),
    selection: { checkpoint: epoch },
  })
