import { AppError } from '#domain/error.ts'
import { elementCount } from '#domain/shape.ts'

const HIGHEST = 255

/**
 * Nested arrays of bytes, or of finite numbers, as one row-major array.
 * @param shape of one example
 * @throws AppError `invalid_request` that names the place which is wrong
 */
export function flattenExamples(
  inputs: readonly unknown[],
  shape: readonly number[],
  ofBytes: boolean,
): Uint8Array | Float32Array {
  const flat = new (ofBytes ? Uint8Array : Float32Array)(inputs.length * elementCount(shape))
  let at = 0
  const take = (value: unknown, path: string, depth: number): void => {
    const length = depth === 0 ? inputs.length : shape[depth - 1]
    if (length === undefined) {
      if (ofBytes && !isByte(value)) refuse(path, `must be an integer from 0 to ${HIGHEST}`)
      if (!Number.isFinite(value)) refuse(path, 'must be a finite number')
      flat[at++] = value as number
      return
    }
    if (!Array.isArray(value) || value.length !== length)
      refuse(path, `must be an array of ${length}: an example is ${shape.join(' x ')}`)
    for (const [index, inner] of value.entries()) take(inner, `${path}.${index}`, depth + 1)
  }
  take(inputs, 'inputs', 0)
  return flat
}

function isByte(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= HIGHEST
}

function refuse(path: string, message: string): never {
  throw new AppError('invalid_request', `${path} ${message}.`, { mistakes: [{ path, message }] })
}
