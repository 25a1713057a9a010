import type { z } from 'zod'

type TooBig = Extract<z.core.$ZodRawIssue, { code: 'too_big' }>
type TooSmall = Extract<z.core.$ZodRawIssue, { code: 'too_small' }>

/** What a length counts, by zod's name of the type. */
const COUNTED: Record<string, string> = { string: 'character', array: 'item', set: 'item', map: 'item' }

/** What a value that is too large or too long must be. Undefined: zod has the words. */
export function tooBig({ origin, maximum, inclusive, exact, input }: TooBig): string | undefined {
  const noun = COUNTED[origin]
  if (noun) return `must have ${exact ? 'exactly' : 'at most'} ${counted(maximum, noun)}`
  return numberBound(inclusive === false ? 'less than' : 'at most', maximum, input)
}

/** What a value that is too small or too short must be. Undefined: zod has the words. */
export function tooSmall({ origin, minimum, inclusive, exact, input }: TooSmall): string | undefined {
  const noun = COUNTED[origin]
  if (noun && minimum === 1 && !exact) return 'must not be empty'
  if (noun) return `must have ${exact ? 'exactly' : 'at least'} ${counted(minimum, noun)}`
  return numberBound(inclusive === false ? 'greater than' : 'at least', minimum, input)
}

const FORMATS: Record<string, string> = {
  datetime: 'must be a time as in 2026-11-29T05:00:00Z',
  date: 'must be a day as in 2026-11-29',
}

/** What a text of a fixed format must be. Undefined: the schema or zod has the words. */
export function wrongFormat({
  format,
}: Extract<z.core.$ZodRawIssue, { code: 'invalid_format' }>): string | undefined {
  return FORMATS[format]
}

function numberBound(relation: string, bound: number | bigint, input: unknown): string | undefined {
  return typeof input === 'number' ? `must be ${relation} ${bound}, not ${input}` : undefined
}

function counted(count: number | bigint, noun: string): string {
  return `${count} ${noun}${Number(count) === 1 ? '' : 's'}`
}
