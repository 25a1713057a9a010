import { randomStream } from '#network/random.ts'
import type { Dimension } from './sweep-request.ts'

export type Space = Readonly<Record<string, Dimension>>
/** A point of the space: a value for each path. */
export type Values = Readonly<Record<string, unknown>>

/** The number of points; infinite where a range is part of the space. It is computed without making the points. */
export function spaceSize(space: Space): number {
  return Object.values(space).reduce<number>(
    (size, dimension) => size * (Array.isArray(dimension) ? dimension.length : Number.POSITIVE_INFINITY),
    1,
  )
}

/** The paths that have a range. */
export function rangePaths(space: Space): string[] {
  return Object.keys(space).filter(path => !Array.isArray(space[path]))
}

/**
 * The point of a grid with an index from 0; the path named last changes fastest.
 * @throws RangeError where the space has a range or fewer points
 */
export function gridPoint(space: Space, index: number): Values {
  if (!(index < spaceSize(space)) || rangePaths(space).length > 0)
    throw new RangeError(`the space has no grid point ${index}`)
  let rest = index
  const values = Object.entries(space)
    .reverse()
    .map(([path, dimension]) => {
      const choices = dimension as readonly unknown[]
      const place = rest % choices.length
      rest = (rest - place) / choices.length
      return [path, choices[place]] as const
    })
  return Object.fromEntries(values.reverse())
}

/** A random point. Each draw and each path has a separate stream, so that another path does not shift the others. */
export function drawPoint(space: Space, seed: number, draw: string): Values {
  return Object.fromEntries(
    Object.entries(space).map(([path, dimension]) => [
      path,
      drawValue(dimension, randomStream(seed, 'sweep', draw, path).next()),
    ]),
  )
}

/** @param u uniform in [0, 1) */
function drawValue(dimension: Dimension, u: number): unknown {
  if (Array.isArray(dimension)) return dimension[Math.floor(u * dimension.length)]
  if ('uniform' in dimension) return between(dimension.uniform, u)
  const [from, to] = dimension.log
  return Math.min(to, Math.max(from, Math.exp(between([Math.log(from), Math.log(to)], u))))
}

function between([from, to]: readonly [number, number], u: number): number {
  return from + (to - from) * u
}
