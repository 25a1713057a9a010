import { z } from 'zod'
import { invalidRequest } from '#domain/error.ts'

const HEADER = 'content-range'
const FORM = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/i

/** The headers of a request with a part of a file. */
export const ContentRangeHeaders = z.looseObject({
  [HEADER]: z
    .string()
    .optional()
    .meta({ pattern: '^bytes \\d{1,15}-\\d{1,15}/\\d{1,15}$' })
    .describe(
      '`bytes FIRST-LAST/TOTAL` (RFC 9110, section 14.4): the bytes of the file that the body has, from 0, both included, and the announced size of the file. Without the header, the body is the whole file.',
    ),
})

/** @returns undefined without the header @throws AppError `invalid_request` */
export function contentRange(
  value: string | undefined,
): { first: number; last: number; total: number } | undefined {
  if (value === undefined) return undefined
  const [, first, last, total] = FORM.exec(value) ?? []
  if (total === undefined)
    throw invalidRequest('Content-Range', 'must be bytes FIRST-LAST/TOTAL, such as bytes 0-8388607/20000000')
  return { first: Number(first), last: Number(last), total: Number(total) }
}
