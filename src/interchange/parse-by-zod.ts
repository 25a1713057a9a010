import type { z } from 'zod'
import { didYouMean, listed } from '#domain/did-you-mean.ts'
import { invalidFields, invalidRequest, type Mistake } from '#domain/error.ts'
import { plainMessage, quote } from '#interchange/plain-message.ts'

type Issue = z.core.$ZodIssue
type RawIssue = z.core.$ZodRawIssue

const MOST_MISTAKES = 100
/** Far above the number of fields of any object. */
const MOST_FIELDS = 1_000
/** The depth of nested objects with a fixed set of fields. */
const LEVELS_OF_FIELDS = 4

/** @param place path of the data in the request, for errors @throws AppError `invalid_request` that lists every mistake */
export function parseByZod<Value>(schema: z.ZodType<Value>, data: unknown, place: string[] = []): Value {
  refuseTooManyFields(data, place, LEVELS_OF_FIELDS)
  const { data: value, error } = schema.safeParse(data, { error: whatWouldBeRight })
  if (!error) return value
  throw invalidFields(firstOf(mistakesOf(error.issues, place)))
}

/** Zod would take a second to check a hundred thousand fields. */
function refuseTooManyFields(value: unknown, place: readonly string[], levels: number): void {
  if (levels === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return
  const count = Object.keys(value).length
  if (count > MOST_FIELDS)
    throw invalidRequest(place.join('.'), `has ${count} fields; an object here has at most ${MOST_FIELDS}`)
  for (const [name, field] of Object.entries(value)) refuseTooManyFields(field, [...place, name], levels - 1)
}

/** A large body may have very many mistakes. */
function firstOf(mistakes: readonly Mistake[]): readonly Mistake[] {
  if (mistakes.length <= MOST_MISTAKES) return mistakes
  const message = `there are ${mistakes.length - MOST_MISTAKES} more mistakes`
  return [...mistakes.slice(0, MOST_MISTAKES), { path: '', message }]
}

/** Messages that list the known values and suggest a similar one, and plain sentences for all other mistakes. Each unknown key has its own message. */
const whatWouldBeRight: z.core.$ZodErrorMap = issue => {
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKeys(issue)
    case 'invalid_value':
      return notOneOf(issue.input, issue.values)
    case 'invalid_union': {
      const { discriminator, options, input } = issue as {
        discriminator?: string
        options?: unknown[]
      } & RawIssue
      if (discriminator === undefined || !options) return undefined
      return notOneOf((input as Record<string, unknown>)[discriminator], options)
    }
    default:
      return plainMessage(issue)
  }
}

function unknownKeys({ keys, inst }: Extract<RawIssue, { code: 'unrecognized_keys' }>): string | undefined {
  const shape = (inst as z.ZodObject | undefined)?._zod.def.shape
  if (!shape) return undefined
  const known = Object.keys(shape)
  const fields = known.length === 0 ? 'There are none.' : `The fields are: ${listed(known)}`
  const told = keys.slice(0, MOST_MISTAKES)
  return told.map(key => `is not a field here.${didYouMean(key, known)} ${fields}`).join('\n')
}

function notOneOf(input: unknown, values: readonly unknown[]): string {
  const right = values.length === 1 ? JSON.stringify(values[0]) : `one of: ${listed(values)}`
  if (input === undefined) return `is required: ${right}`
  const near = typeof input === 'string' ? didYouMean(input, values.map(String)) : ''
  return `must be ${right}${typeof input === 'string' ? `, not ${quote(input)}` : ''}${near && `.${near}`}`
}

/** One mistake per path: each unknown key is a mistake, and a union has the mistakes of its nearest branch. */
function mistakesOf(issues: readonly Issue[], prefix: readonly PropertyKey[]): Mistake[] {
  return issues.flatMap(issue => {
    const path = [...prefix, ...issue.path]
    if (issue.code === 'unrecognized_keys') {
      const messages = issue.message.split('\n')
      return issue.keys.map((key, index) => ({
        path: [...path, key].join('.'),
        message: messages[index] ?? issue.message,
      }))
    }
    if (issue.code === 'invalid_key') return mistakesOf(issue.issues, path)
    const isUnexplained = issue.message === 'Invalid input'
    if (issue.code === 'invalid_union' && issue.errors.length > 0 && isUnexplained)
      return mistakesOf(nearestBranch(issue.errors), path)
    return [{ path: path.join('.'), message: issue.message.replace(/^Invalid input: /, '') }]
  })
}

/** The branch of a union that is closest to the value: by type, then by known keys, then by the number of mistakes. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const sum = (branch: readonly Issue[], weigh: (issue: Issue) => number) =>
    branch.reduce((total, issue) => total + weigh(issue), 0)
  // A wrong type is a greater distance than a wrong value.
  const misfits = (branch: readonly Issue[]) =>
    sum(branch, ({ code, path }) =>
      path.length > 0 ? 0 : code === 'invalid_type' ? 2 : Number(code === 'invalid_value'),
    )
  const strangers = (branch: readonly Issue[]) =>
    sum(branch, ({ code }) => Number(code === 'unrecognized_keys'))
  const ranked = [...branches].sort(
    (a, b) => misfits(a) - misfits(b) || strangers(a) - strangers(b) || a.length - b.length,
  )
  return ranked[0] ?? []
}
