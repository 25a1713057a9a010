import { inMegabytes } from '#domain/megabytes.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { Stores } from '#stores/connect.ts'
import type { AnalysisDemand } from '#stores/measurement-store.ts'
import type { WorkerStatus } from '#stores/worker-record.ts'
import { estimateMemory, furtherMemory } from './memory-estimate.ts'

/** The memory that a job needs, and the workers that have enough. */
export interface Room {
  /** The memory needed on the largest worker; on any worker if none is alive. */
  neededBytes: number
  /** Whether `neededBytes` was measured on a similar training, or is an estimate. */
  isMeasured: boolean
  /** The highest memory limit of a live worker; absent if no worker is alive. */
  largestBytes?: number
  /** The ids of the workers with enough memory. */
  fitting: ReadonlySet<string>
}

/** @param analysis if the job is one */
export async function findRoom(
  { measurements, workers }: Pick<Stores, 'measurements' | 'workers'>,
  spec: TrainingSpec,
  analysis?: AnalysisDemand,
): Promise<Room> {
  const [alive, trained, analysed] = await Promise.all([
    workers.recent(),
    measurements.peakMemory(spec),
    analysis ? measurements.peakMemory(spec, analysis) : undefined,
  ])
  const further = analysis ? furtherMemory(spec, analysis) : 0
  const estimate = estimateMemory(spec)
  // Where no such analysis was measured: what a training of the model needs, and what the kind needs besides.
  const needOn = ({ engine }: Pick<WorkerStatus, 'engine'>) =>
    analysed?.get(engine) ?? (trained.get(engine) ?? estimate) + further
  const isMeasured = ({ engine }: Pick<WorkerStatus, 'engine'>) =>
    analysed?.has(engine) || (trained.has(engine) && further === 0)
  const fitting = alive.filter(worker => needOn(worker) <= limitOf(worker)).map(({ id }) => id)
  const largest = alive.reduce<WorkerStatus | undefined>(
    (best, worker) => (best && limitOf(best) >= limitOf(worker) ? best : worker),
    undefined,
  )
  return {
    neededBytes: largest ? needOn(largest) : estimate + further,
    isMeasured: largest !== undefined && isMeasured(largest),
    ...(largest && { largestBytes: limitOf(largest) }),
    fitting: new Set(fitting),
  }
}

/** The reason why no live worker can run a job; undefined if one can, or if no worker is alive. */
export function describeLack({ neededBytes, isMeasured, largestBytes, fitting }: Room): string | undefined {
  if (largestBytes === undefined || fitting.size > 0) return undefined
  const source = isMeasured ? 'measured' : 'estimated'
  return `needs ${inMegabytes(neededBytes)} of memory (${source}); the largest worker has ${inMegabytes(largestBytes)}`
}

/** A worker of an earlier version reports no limit and counts as unlimited. */
function limitOf({ memoryBytes }: WorkerStatus): number {
  return memoryBytes ?? Number.MAX_SAFE_INTEGER
}
