import { AppError, invalidRequest } from '#domain/error.ts'
import { elementCount } from '#network/shape.ts'
import { parseJson } from './parse-json.ts'

/**
 * The allowed levels of nesting beyond those of an example: the object and its list, and some more, so that small mistakes are parsed and
 * reported.
 */
const MORE_LEVELS = 4
/** Allowed names, and commas beyond those between numbers, so that a few unknown fields are parsed and reported by name. */
const MORE_PARTS = 100
/** More characters than an indented line with one number needs. */
const CHARS_OF_NUMBER = 64
const MORE_CHARS = 64 * 1024

interface Expected {
  /** The shape of one example. */
  shape: readonly number[]
  /** The highest number of examples. */
  most: number
  /** The place of the text for errors. */
  place: string
  firstLine?: number
}

/**
 * Parses examples from JSON. A text that is too large for them is refused without parsing, which would block the event loop for a
 * second.
 * @throws AppError `body_too_large`, `malformed_body`, `invalid_request`
 */
export function parseExamples(text: string, { shape, most, place, firstLine = 1 }: Expected): unknown {
  const example = `an example is ${shape.join(' x ') || 'a number'}`
  const numbers = most * elementCount(shape)
  const mostChars = numbers * CHARS_OF_NUMBER + MORE_CHARS
  if (text.length > mostChars)
    throw new AppError('body_too_large', `${place} may have at most ${mostChars} characters: ${example}.`)
  const excess = firstExcess(text, {
    levels: shape.length + MORE_LEVELS,
    commas: numbers + MORE_PARTS,
    names: MORE_PARTS,
  })
  if (excess === 'levels') throw invalidRequest(place, `has too many levels of arrays: ${example}`)
  if (excess === 'commas')
    throw invalidRequest(place, `has too many numbers: ${example}, and there may be at most ${most}`)
  if (excess === 'names') throw invalidRequest(place, `must be arrays of numbers without objects: ${example}`)
  return parseJson(text, firstLine)
}

type Counted = Record<'levels' | 'commas' | 'names', number>

/** The first limit that a JSON text exceeds; undefined if it exceeds none. */
function firstExcess(text: string, most: Counted): keyof Counted | undefined {
  const found = { levels: 0, commas: 0, names: 0 }
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '"') at = endOfString(text, at)
    else if (char === ']' || char === '}') found.levels--
    else if ((char === '[' || char === '{') && ++found.levels > most.levels) return 'levels'
    else if (char === ',' && ++found.commas > most.commas) return 'commas'
    else if (char === ':' && ++found.names > most.names) return 'names'
  }
  return undefined
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
