import { isObject, type Json, valueAt } from '../form/path.ts'

/** How many trials a request takes, as far as that is known before the search: undefined for `largestC`. */
export function countTrials(request: Json): number | undefined {
  const space = valueAt(request, ['space'])
  switch (valueAt(request, ['search', 'method'])) {
    case 'grid':
      return isObject(space)
        ? Object.values(space).reduce<number>((count, choices) => count * lengthOf(choices), 1)
        : 1
    case 'random':
      return Number(valueAt(request, ['search', 'trials']) ?? Number.NaN) || undefined
    case 'asha':
      return Number(valueAt(request, ['maxTrials']) ?? 100) || undefined
    case 'lrRange':
      return 1
    default:
      return undefined
  }
}

function lengthOf(choices: Json): number {
  return Array.isArray(choices) ? choices.length : 1
}
