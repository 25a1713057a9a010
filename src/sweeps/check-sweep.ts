import { invalidFields, type Mistake } from '#domain/error.ts'
import { spaceMistakes } from './check-space.ts'
import { searchOf } from './searches.ts'
import type { SweepRequest } from './sweep-request.ts'

const MOST_MISTAKES = 100

/** What a schema cannot find. @throws AppError `invalid_request` that lists every mistake with its path */
export function checkSweep(request: SweepRequest): void {
  const mistakes = findMistakes(request).slice(0, MOST_MISTAKES)
  if (mistakes.length > 0) throw invalidFields(mistakes)
}

/** The number of trials has a meaning only where the rest is right. */
function findMistakes(request: SweepRequest): readonly Mistake[] {
  const search = searchOf(request)
  const mistakes = [
    ...spaceMistakes(request.space),
    ...search.mistakes(request),
    ...stoppingMistakes(request),
    ...finishMistakes(request),
  ]
  if (mistakes.length > 0) return mistakes
  const most = search.mostTrials(request)
  if (most <= request.maxTrials) return []
  return [{ path: 'maxTrials', message: `is ${request.maxTrials}, but the search may take ${most} trials` }]
}

/** Methods that need every epoch of a trial: asha compares trials at fixed epochs, lrRange reads a loss for every rate. */
const NEEDS_ALL_EPOCHS: ReadonlySet<string> = new Set(['asha', 'lrRange'])

function stoppingMistakes({ search: { method }, base, space }: SweepRequest): Mistake[] {
  if (!NEEDS_ALL_EPOCHS.has(method)) return []
  return pathsTo('earlyStopping', { base, space }).map(path => ({
    path,
    message: `cannot be combined with ${method}, which needs every epoch of a trial`,
  }))
}

/** A promoted trial continues the job of the trial, which nothing can after its weights were cut. */
function finishMistakes({ search: { method }, base, space }: SweepRequest): Mistake[] {
  if (method !== 'asha') return []
  return ['target', 'finish']
    .flatMap(field => pathsTo(field, { base, space }))
    .map(path => ({
      path,
      message: 'cannot be combined with asha, which trains a trial further after its last epoch',
    }))
}

/** Where a sweep sets a field of its jobs. */
function pathsTo(field: string, { base, space }: Pick<SweepRequest, 'base' | 'space'>): string[] {
  const inSpace = Object.keys(space).filter(path => path.split('.')[0] === field)
  const isInBase = (base as Record<string, unknown>)[field] != null
  return [...inSpace.map(path => `space.${path}`), ...(isInBase ? [`base.${field}`] : [])]
}
