import { FormatError } from '#formats/format-error.ts'
import { isDeeperThan, MOST_LEVELS, TOO_DEEP } from '#network/json-depth.ts'

/** Parses a model's JSON from a file. @throws FormatError if it is not an object, or too deep */
export function parseModelJson(text: string, name: string): Record<string, unknown> {
  const parsed = parse(text, name)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new FormatError(`${name} does not contain a JSON object of a model`)
  if (isDeeperThan(MOST_LEVELS, parsed)) throw new FormatError(`${name} ${TOO_DEEP}`)
  return parsed as Record<string, unknown>
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new FormatError(`${name} is not JSON: ${(error as Error).message}`)
  }
}
