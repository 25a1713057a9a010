import type { Measured } from '#test/agreement/compiled-steps/measure.ts'
import type { Differences } from './differences.ts'

/** What "to rounding" means where training does not magnify it: float32 has seven digits, and steps add theirs up. */
export const TOLERANCE = 1e-4
/** How many times the difference that the first weights' rounding makes: one sample of it is a rough measure. */
export const TIMES_ROUNDING = 10

const MEASURES = ['losses', 'variables', 'way'] as const

export function isWithin(differences: Differences, tolerance: number): boolean {
  return MEASURES.every(measure => differences[measure] <= tolerance)
}

/** Within the tolerance, or no further apart than rounding alone takes this training; and the same when taken again. */
export function agrees({ compiled, rounding, repeats }: Measured): boolean {
  if (repeats === false) return false
  return MEASURES.every(measure => isRounding(compiled[measure], rounding?.[measure]))
}

/** @param rounding what an ulp in the first weights does, where it is known */
export function isRounding(difference: number, rounding = 0): boolean {
  return difference <= TOLERANCE || difference <= TIMES_ROUNDING * rounding
}
