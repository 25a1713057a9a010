import type { Differences } from './differences.ts'

/** The tolerance for a training that does not magnify rounding: float32 has seven digits, and errors add up over the steps. */
export const TOLERANCE = 1e-4
/** The tolerance as a multiple of the difference that rounding the initial weights makes; one sample of that is a rough measure. */
export const TIMES_ROUNDING = 10

/** Whether all of the differences are rounding. @param rounding the differences after `perturb`, if known */
export function areRounding(differences: Differences, rounding?: Differences): boolean {
  return (['losses', 'variables', 'distance'] as const).every(measure =>
    isRounding(differences[measure], rounding?.[measure]),
  )
}

/** @param rounding the difference after `perturb`, if known */
export function isRounding(difference: number, rounding = 0): boolean {
  return difference <= TOLERANCE || difference <= TIMES_ROUNDING * rounding
}
