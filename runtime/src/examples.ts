import type { Shape } from './graph.ts'
import { elementCount } from './shape.ts'

/**
 * Examples in row-major order: a typed array or a list of numbers, one example after the other, or nested arrays [count, ...input shape],
 * which may leave out axes of length 1, or a list of typed arrays, one for each example.
 */
export type Examples = ArrayLike<number> | Nested | readonly ArrayLike<number>[]
type Nested = readonly (number | Nested)[]

/**
 * The numbers of one or more examples as one array; a Float32Array is returned as it is.
 * @param shape of an example. @throws RangeError if the numbers are not whole examples, or nested arrays have another shape
 */
export function flattenExamples(x: Examples, shape: Shape): Float32Array {
  const size = elementCount(shape)
  const numbers = isNested(x) ? flattenNested(x, shape) : areTyped(x) ? join(x, size) : floatsOf(x)
  if (numbers.length > 0 && numbers.length % size === 0) return numbers
  throw new RangeError(`x has ${numbers.length} numbers; an example [${shape}] has ${size}`)
}

function areTyped(x: Exclude<Examples, Nested>): x is readonly ArrayLike<number>[] {
  return Array.isArray(x) && ArrayBuffer.isView(x[0])
}

function join(examples: readonly ArrayLike<number>[], size: number): Float32Array {
  const numbers = new Float32Array(examples.length * size)
  for (const [index, example] of examples.entries()) {
    if (example.length !== size)
      throw new RangeError(`x[${index}] has ${example.length} numbers; an example has ${size}`)
    numbers.set(example, index * size)
  }
  return numbers
}

function floatsOf(x: ArrayLike<number>): Float32Array {
  if (x instanceof Float32Array) return x
  if (ArrayBuffer.isView(x) || Array.isArray(x)) return new Float32Array(x)
  throw new TypeError('x must be a typed array, a list of numbers, or nested lists of numbers')
}

function isNested(x: Examples): x is Nested {
  return Array.isArray(x) && Array.isArray(x[0])
}

function flattenNested(x: Nested, shape: Shape): Float32Array {
  const lengths: number[] = []
  for (let inner: unknown = x; Array.isArray(inner); inner = inner[0]) lengths.push(inner.length)
  const numbers = (x as unknown[]).flat(lengths.length - 1) as number[]
  const expected = `examples must be [${shape}], not [${lengths.slice(1)}]`
  if (!isRectangular(x, lengths) || !numbers.every(value => typeof value === 'number'))
    throw new RangeError(`x must be nested lists of equal length: ${expected}`)
  const count = numbers.length / elementCount(shape)
  if (String(longAxes(lengths)) !== String(longAxes([count, ...shape])))
    throw new RangeError(`x has another shape: ${expected}`)
  return new Float32Array(numbers)
}

function isRectangular(x: unknown, [length, ...rest]: readonly number[]): boolean {
  if (length === undefined) return !Array.isArray(x)
  return Array.isArray(x) && x.length === length && x.every(inner => isRectangular(inner, rest))
}

function longAxes(lengths: readonly number[]): number[] {
  return lengths.filter(length => length !== 1)
}
