import { AppError, type Mistake } from '#domain/error.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { Stores } from '#stores/connect.ts'
import type { AnalysisDemand } from '#stores/measurement-store.ts'
import { describeLack, findRoom, type Room } from './find-room.ts'
import { largestMemoryField } from './memory-estimate.ts'

/**
 * @param analysis if the spec is that of one
 * @throws AppError `insufficient_memory` when no live worker has enough memory for the job; without live workers, one may still start
 */
export async function requireMemory(
  stores: Pick<Stores, 'measurements' | 'workers'>,
  spec: TrainingSpec,
  analysis?: AnalysisDemand,
): Promise<void> {
  const room = await findRoom(stores, spec, analysis)
  const lack = describeLack(room)
  if (lack === undefined) return
  if (analysis !== undefined) {
    const mistakes = [{ path: 'jobs.0', message: lack }]
    throw new AppError('insufficient_memory', `The analysis ${lack}.`, { mistakes })
  }
  const mistake = memoryMistake(spec, room)!
  throw new AppError('insufficient_memory', `The job ${mistake.message}.`, { mistakes: [mistake] })
}

/** The mistake in a spec that no live worker has enough memory for: the field that needs the most. */
export function memoryMistake(spec: TrainingSpec, room: Room): Mistake | undefined {
  const lack = describeLack(room)
  return lack === undefined ? undefined : { path: largestMemoryField(spec), message: `${lack}; reduce it` }
}
