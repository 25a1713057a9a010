import { elementCount } from './embedded-model.ts'

type Nested = number | Nested[]

/** The values as nested arrays of a shape, as `POST /v1/jobs/JOB/predict` accepts them. */
export function nested(values: ArrayLike<number>, [length, ...rest]: readonly number[], from = 0): Nested {
  if (length === undefined) return values[from]!
  const size = elementCount(rest)
  return Array.from({ length }, (_, index) => nested(values, rest, from + index * size))
}
