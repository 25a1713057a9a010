import { z } from 'zod'
import type { JobEvent } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import { phasesOf } from '#domain/phases.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import { thresholdOf } from '#optimization/optimizer-spec.ts'
import { epochLength } from './epoch-length.ts'

/** The end of an epoch of a training with a growing threshold. */
const MeasuredPoint = z.object({
  /** The threshold, in the units of the weights. */
  l1: z.number(),
  /** The sum of the learning rates of all steps so far. */
  time: z.number(),
  sparsity: z.number(),
  /** By variable, in model order. */
  nonzero: z.array(z.int()),
  /** Of model.sparse.safetensors. */
  sparseBytes: z.int(),
})
export type MeasuredPoint = z.infer<typeof MeasuredPoint>

/** The measurements of a finished job, from which later jobs of its model are estimated. Durations are wall times in seconds. */
export const FinishedRun = z.object({
  engine: z.string(),
  /** Equal for two jobs if their weights move alike: see `settingOf`. */
  setting: z.string(),
  batchSize: z.int(),
  isAugmented: z.boolean(),
  validationExamples: z.int(),
  /** From the start of the attempt to the first step. */
  startSeconds: z.number(),
  stepSeconds: z.number(),
  /** Of an epoch outside its steps: validation, checkpoint and report. */
  restSeconds: z.number(),
  /** From the last epoch to the end of the job. */
  endSeconds: z.number(),
  points: z.array(MeasuredPoint),
})
export type FinishedRun = z.infer<typeof FinishedRun>

/** Enough to interpolate between; a long job has no more information in further ones. */
const MOST_POINTS = 16

/** @param events all events of a job that has ended. @returns undefined if it has no complete epoch in its last attempt */
export function finishedRun({ spec, worker }: Job, events: readonly JobEvent[]): FinishedRun | undefined {
  const lastAttempt = events.slice(events.findLastIndex(({ type }) => type === 'started'))
  const times = lastAttempt.flatMap(({ type, time }) => (type === 'epoch' ? [Date.parse(time) / 1000] : []))
  const measured = lastAttempt.flatMap(event => (event.type === 'epoch' ? [event.data] : []))
  if (!worker || measured.length === 0) return undefined
  const { stepsPerEpoch, validationExamples } = epochLength(spec)
  const trainSeconds = median(measured.map(({ seconds }) => seconds))
  const epochSeconds = times.length === 1 ? trainSeconds : median(times.slice(1).map((t, i) => t - times[i]!))
  const between = (from: number, to: number) => Math.max(0, to - from)
  return {
    engine: worker.engine,
    setting: settingOf(spec),
    batchSize: spec.batchSize,
    isAugmented: spec.augmentation.length > 0,
    validationExamples,
    startSeconds: between(Date.parse(lastAttempt[0]!.time) / 1000 + epochSeconds, times[0]!),
    stepSeconds: trainSeconds / stepsPerEpoch,
    restSeconds: between(trainSeconds, epochSeconds),
    endSeconds: between(times.at(-1)!, Date.parse(lastAttempt.at(-1)!.time) / 1000),
    points: spec.init ? [] : thin(measuredPoints(spec, events)),
  }
}

/** The fields, besides the model, the threshold and the learning rate, that decide how far training moves the weights. */
export function settingOf(spec: TrainingSpec): string {
  const { dataset, augmentation, batchSize, loss, optimizer } = spec
  const rule = thresholdOf(optimizer)
  const exclude = [...(rule?.exclude ?? [])].sort()
  const { id, normalize, scale } = dataset
  return JSON.stringify([
    id,
    normalize,
    scale,
    augmentation,
    batchSize,
    loss,
    exclude,
    optimizer.globalClipNorm,
    ...(rule?.group ? [rule.group] : []),
  ])
}

/** The epochs that a threshold alone has pruned. One that an attempt has repeated counts once. */
function measuredPoints(spec: TrainingSpec, events: readonly JobEvent[]): MeasuredPoint[] {
  const [train] = phasesOf(spec)
  const isCut = ({ epoch, phase }: EpochMetrics) =>
    phase === 'fineTune' || (train.cutAfter !== undefined && epoch === train.epochs)
  const points: MeasuredPoint[] = []
  let [step, time] = [0, 0]
  for (const { type, data: epoch } of events) {
    if (type !== 'epoch' || isCut(epoch) || epoch.threshold === undefined || epoch.step <= step) continue
    time += (epoch.step - step) * epoch.learningRate
    step = epoch.step
    const { threshold: l1, sparsity, layers, sparseBytes } = epoch
    // Without a threshold nothing is pruned, and its logarithm does not exist.
    if (l1 > 0)
      points.push({ l1, time, sparsity, nonzero: layers.map(({ nonzero }) => nonzero), sparseBytes })
  }
  return points
}

/** At most MOST_POINTS of them: the first, the last, and between them more early ones, because the threshold grows ever more slowly. */
function thin(points: MeasuredPoint[]): MeasuredPoint[] {
  if (points.length <= MOST_POINTS) return points
  const ratio = Math.log(points.length) / (MOST_POINTS - 1)
  const chosen = Array.from({ length: MOST_POINTS }, (_, i) => Math.round(Math.exp(i * ratio)) - 1)
  return [...new Set(chosen)].map(index => points[index]!)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!
}
