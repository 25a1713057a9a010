import { planSearch, type SearchPlan } from './first-failure.ts'
import type { Space, Values } from './space.ts'

export const C = 'optimizer.c'
/** The c of neighbouring points differ by at most this factor. */
const RESOLUTION = 1.1
const ROUNDING = 1e-9

/** How the range of c is searched, at points of equal distance in log c. */
export function planOfC(space: Space): SearchPlan {
  return planSearch(countPoints(space))
}

export function cAt(space: Space, index: number): number {
  const [from, to] = rangeOfC(space)
  const last = countPoints(space) - 1
  return index === last ? to : from * (to / from) ** (index / last)
}

export function indexOfC(space: Space, values: Values): number {
  const [from, to] = rangeOfC(space)
  return Math.round((Math.log((values[C] as number) / from) / Math.log(to / from)) * (countPoints(space) - 1))
}

function countPoints(space: Space): number {
  const [from, to] = rangeOfC(space)
  return Math.max(2, Math.ceil(Math.log(to / from) / Math.log(RESOLUTION) - ROUNDING) + 1)
}

function rangeOfC(space: Space): readonly [number, number] {
  return (space[C] as { log: [number, number] }).log
}
