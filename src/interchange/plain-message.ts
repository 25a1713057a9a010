import type { z } from 'zod'

type RawIssue = z.core.$ZodRawIssue
type Size = Extract<RawIssue, { code: 'too_big' | 'too_small' }>

const TYPES: Record<string, string> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  tuple: 'a list',
  set: 'a list',
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  null: 'null',
}

/** What the size of a value counts. */
const PARTS: Record<string, [one: string, many: string]> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
  tuple: ['entry', 'entries'],
  set: ['entry', 'entries'],
  object: ['field', 'fields'],
  record: ['field', 'fields'],
  file: ['byte', 'bytes'],
}

const FORMATS: Record<string, string> = {
  datetime: 'a time such as 2026-01-31T12:00:00Z',
  date: 'a date such as 2026-01-31',
  url: 'a URL such as https://example.com/path',
}

/** A sentence whose subject is the field, for each kind of mistake that needs no knowledge of the schema around it. */
export function plainMessage(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.input, issue.expected)
    case 'too_big':
      return tooBig(issue)
    case 'too_small':
      return tooSmall(issue)
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'invalid_format':
      return wrongFormat(issue)
    default:
      return undefined
  }
}

function wrongType(input: unknown, expected: string): string {
  const right = TYPES[expected] ?? expected
  if (input === undefined) return `is required: ${right}`
  if (typeof input === 'number' && (expected === 'number' || expected === 'int')) {
    // JSON has no NaN: NaN results from text in a URL that is not a number. A number beyond 1.8e308 is parsed as Infinity.
    if (Number.isNaN(input)) return 'must be a number; this is not a number (NaN)'
    if (!Number.isFinite(input)) return 'must be a finite number; this is beyond the largest number (1.8e308)'
  }
  return `must be ${right}, not ${shown(input)}`
}

function shown(input: unknown): string {
  if (typeof input === 'string') return quote(input)
  if (Array.isArray(input)) return 'a list'
  return typeof input === 'object' && input !== null ? 'an object' : String(input)
}

function tooBig({ origin, maximum, inclusive = true, input }: Extract<Size, { code: 'too_big' }>): string {
  const parts = PARTS[origin]
  if (parts) return `must have at most ${counted(inclusive ? maximum : Number(maximum) - 1, parts)}`
  return `must be ${inclusive ? 'at most' : 'less than'} ${maximum}${shareHint(maximum, input)}`
}

function tooSmall({ origin, minimum, inclusive = true }: Extract<Size, { code: 'too_small' }>): string {
  const parts = PARTS[origin]
  const least = inclusive ? minimum : Number(minimum) + 1
  if (parts)
    return origin === 'string' && least === 1
      ? 'must not be empty'
      : `must have at least ${counted(least, parts)}`
  return `must be ${inclusive ? 'at least' : 'greater than'} ${minimum}`
}

function counted(count: number | bigint, [one, many]: [string, string]): string {
  return `${count} ${Number(count) === 1 ? one : many}`
}

/** Shares are numbers up to 1; people often write them in percent. */
function shareHint(maximum: number | bigint, input: unknown): string {
  const isPercent = maximum === 1 && typeof input === 'number' && input >= 10 && input <= 100
  return isPercent ? `; ${input} % is ${Number((input / 100).toPrecision(12))}` : ''
}

function wrongFormat({ format, pattern, prefix, suffix, includes }: FormatIssue): string {
  if (format === 'regex') return `must match the pattern ${pattern}`
  if (format === 'starts_with') return `must start with ${JSON.stringify(prefix)}`
  if (format === 'ends_with') return `must end with ${JSON.stringify(suffix)}`
  if (format === 'includes') return `must contain ${JSON.stringify(includes)}`
  return `must be ${FORMATS[format] ?? `a valid ${format}`}`
}

interface FormatIssue {
  format: string
  pattern?: string
  prefix?: string
  suffix?: string
  includes?: string
}

export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text)
}
