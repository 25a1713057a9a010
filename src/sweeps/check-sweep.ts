import { AppError, type Mistake } from '#domain/error.ts'
import { spaceMistakes } from './check-space.ts'
import { searchOf } from './searches.ts'
import type { SweepRequest } from './sweep-request.ts'

const MOST_MISTAKES = 100

/** What a schema cannot find. @throws AppError `invalid_request` that lists every mistake with its path */
export function checkSweep(request: SweepRequest): void {
  const mistakes = findMistakes(request).slice(0, MOST_MISTAKES)
  if (mistakes.length === 0) return
  const detail = mistakes.map(({ path, message }) => `${path}: ${message}`).join('; ')
  throw new AppError('invalid_request', detail, { mistakes })
}

/** The number of trials has a meaning only where the rest is right. */
function findMistakes(request: SweepRequest): readonly Mistake[] {
  const search = searchOf(request)
  const mistakes = [...spaceMistakes(request.space), ...search.mistakes(request)]
  if (mistakes.length > 0) return mistakes
  const most = search.mostTrials(request)
  if (most <= request.maxTrials) return []
  return [{ path: 'maxTrials', message: `is ${request.maxTrials}, but the search may take ${most} trials` }]
}
