import { AnswerError } from '@thresher/client'
import { useMemo } from 'preact/hooks'
import type { Field } from './form-model.ts'
import type { Json } from './path.ts'
import { type Mistake, type PlacedMistakes, placed } from './problems.ts'
import { shownNames } from './shown-names.ts'

const NONE: readonly Mistake[] = []

/**
 * What the service says about a request, at the fields of its form; `further` are shown besides those of the contract. The mistakes that
 * are `known` without it are shown until it has answered.
 */
export function useMistakes(
  error: Error | undefined,
  field: Field,
  request: Json,
  further: readonly string[] = [],
  known: readonly Mistake[] = NONE,
): PlacedMistakes {
  return useMemo(() => {
    const mistakes = error instanceof AnswerError ? error.errors : known
    return placed(mistakes, new Set([...shownNames(field, request), ...further]))
  }, [error, field, request, further.join(), known])
}
