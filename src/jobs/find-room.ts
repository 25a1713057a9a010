import { inMegabytes } from '#domain/megabytes.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { WorkerStatus } from '#domain/worker.ts'
import type { Stores } from '#stores/connect.ts'
import { estimateMemory } from './memory-estimate.ts'

/** What a job needs of a worker's memory, and who has it. */
export interface Room {
  /** On the largest worker, or on any where none is alive. */
  neededBytes: number
  /** Whether a training like this one has been measured there. */
  isMeasured: boolean
  /** The largest limit among the workers that are alive; absent when there is none. */
  largestBytes?: number
  /** The ids of those that can hold it. */
  fitting: ReadonlySet<string>
}

export async function findRoom(
  { measurements, workers }: Pick<Stores, 'measurements' | 'workers'>,
  spec: TrainingSpec,
): Promise<Room> {
  const [alive, measured] = await Promise.all([workers.list(), measurements.peakMemory(spec)])
  const estimate = estimateMemory(spec)
  const needOn = ({ engine }: Pick<WorkerStatus, 'engine'>) => measured.get(engine) ?? estimate
  const fitting = alive.filter(worker => needOn(worker) <= limitOf(worker)).map(({ id }) => id)
  const largest = alive.reduce<WorkerStatus | undefined>(
    (best, worker) => (best && limitOf(best) >= limitOf(worker) ? best : worker),
    undefined,
  )
  return {
    neededBytes: largest ? needOn(largest) : estimate,
    isMeasured: largest !== undefined && measured.has(largest.engine),
    ...(largest && { largestBytes: limitOf(largest) }),
    fitting: new Set(fitting),
  }
}

/** What a job lacks, in words; undefined where no live worker is too small for it or nobody knows. */
export function describeLack({ neededBytes, isMeasured, largestBytes, fitting }: Room): string | undefined {
  if (largestBytes === undefined || fitting.size > 0) return undefined
  const source = isMeasured ? 'as was measured' : 'by estimate'
  return `needs ${inMegabytes(neededBytes)} of memory (${source}); the largest worker has ${inMegabytes(largestBytes)}`
}

/** A worker of an earlier version does not tell its limit: it has none. */
function limitOf({ memoryBytes }: WorkerStatus): number {
  return memoryBytes ?? Number.MAX_SAFE_INTEGER
}
