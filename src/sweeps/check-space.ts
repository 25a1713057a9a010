import { didYouMean } from '#domain/did-you-mean.ts'
import type { Mistake } from '#domain/error.ts'
import { JobRequest } from '#domain/training-spec.ts'
import type { Space } from './space.ts'

const SPEC_FIELDS = Object.keys(JobRequest.shape)
const MOST_PATHS = 20

/** What is wrong with the paths and the values of a space, whatever the method. */
export function spaceMistakes(space: Space): Mistake[] {
  const paths = Object.keys(space)
  if (paths.length > MOST_PATHS)
    return [{ path: 'space', message: `names ${paths.length} fields; at most ${MOST_PATHS} are allowed` }]
  return paths.flatMap(path => [...pathMistakes(path, paths), ...valueMistakes(space, path)])
}

function pathMistakes(path: string, paths: readonly string[]): Mistake[] {
  const place = `space.${path}`
  const [field, ...rest] = path.split('.')
  if (!SPEC_FIELDS.includes(field!)) {
    const near = didYouMean(field!, SPEC_FIELDS)
    return [{ path: place, message: `"${field}" is not a field of a job.${near}` }]
  }
  const entry = rest.findIndex(key => /^\d+$/.test(key))
  if (entry !== -1) {
    const list = [field, ...rest.slice(0, entry)].join('.')
    return [{ path: place, message: `is an entry of a list; use ${list} with whole lists as its choices` }]
  }
  if (!rest.every(key => /^[A-Za-z][A-Za-z0-9]*$/.test(key)))
    return [{ path: place, message: 'must be names of fields with dots between them, such as optimizer.mu' }]
  const outer = paths.find(other => path.startsWith(`${other}.`))
  return outer === undefined
    ? []
    : [{ path: place, message: `lies inside ${outer}, which the space sets as a whole` }]
}

/** Relative: a range contains millions of numbers, so that draws differ. */
const LEAST_WIDTH = 1e-9

function valueMistakes(space: Space, path: string): Mistake[] {
  const dimension = space[path]!
  const place = `space.${path}`
  if (Array.isArray(dimension)) return repeatMistakes(dimension, place)
  const [kind, [from, to]] = 'log' in dimension ? ['log', dimension.log] : ['uniform', dimension.uniform]
  if (kind === 'log' && from <= 0)
    return [{ path: `${place}.log.0`, message: `must be above 0, not ${from}: the range is logarithmic` }]
  if (from >= to)
    return [{ path: `${place}.${kind}`, message: `is empty: the second number must be above ${from}` }]
  return widthMistakes(`${place}.${kind}`, from, to)
}

/** A range without a finite width has no uniform distribution, and draws of one with few numbers repeat each other. */
function widthMistakes(path: string, from: number, to: number): Mistake[] {
  const width = to - from
  if (!Number.isFinite(width))
    return [{ path, message: `is too wide: at most ${Number.MAX_VALUE} between both numbers` }]
  if (width < LEAST_WIDTH * Math.max(Math.abs(from), Math.abs(to)))
    return [
      { path, message: `is too narrow: the numbers must differ by at least ${LEAST_WIDTH} of the larger` },
    ]
  return []
}

/** A repeated choice would train the same job twice. */
function repeatMistakes(choices: readonly unknown[], place: string): Mistake[] {
  const first = new Map<string, number>()
  return choices.flatMap((choice, index) => {
    const text = JSON.stringify(choice)
    const earlier = first.get(text)
    if (earlier !== undefined)
      return [{ path: `${place}.${index}`, message: `repeats the choice at ${earlier}` }]
    first.set(text, index)
    return []
  })
}
