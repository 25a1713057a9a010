import { invalidRequest } from '#domain/error.ts'
import { elementCount } from '#network/shape.ts'

const HIGHEST = 255
const LARGEST_FLOAT = 2 ** 128 - 2 ** 104

/** One example, and its place for errors. */
export interface PlacedExample {
  value: unknown
  place: string
  /** The place of one of its numbers in a table. */
  columnPlace?: (index: number) => string
}

/**
 * Nested arrays of bytes, or of finite numbers, as one row-major array.
 * @param shape of one example
 * @throws AppError `invalid_request` that names the wrong place
 */
export function flattenExamples(
  examples: readonly PlacedExample[],
  shape: readonly number[],
  ofBytes: boolean,
): Uint8Array | Float32Array {
  const size = elementCount(shape)
  const flat = new (ofBytes ? Uint8Array : Float32Array)(examples.length * size)
  let at = 0
  for (const { value: example, place, columnPlace } of examples) {
    const take = (value: unknown, path: string, depth: number): void => {
      const length = shape[depth]
      if (length === undefined) {
        const where = columnPlace?.(at % size) ?? path
        if (ofBytes && !isByte(value)) throw invalidRequest(where, `must be an integer from 0 to ${HIGHEST}`)
        if (typeof value !== 'number' || Number.isNaN(value))
          throw invalidRequest(where, 'must be a finite number')
        if (!Number.isFinite(Math.fround(value)))
          throw invalidRequest(
            where,
            `must be within the range of float32, whose largest number is ${LARGEST_FLOAT}`,
          )
        flat[at++] = value
        return
      }
      if (!Array.isArray(value) || value.length !== length)
        throw invalidRequest(path, `must be an array of ${length}: an example is ${shape.join(' x ')}`)
      for (const [index, inner] of value.entries()) take(inner, `${path}.${index}`, depth + 1)
    }
    take(example, place, 0)
  }
  return flat
}

function isByte(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= HIGHEST
}
