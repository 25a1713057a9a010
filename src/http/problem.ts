import { z } from 'zod'
import { ERROR_CATALOGUE, type ErrorCode, type Mistake } from '#domain/error.ts'

export const PROBLEM_MEDIA_TYPE = 'application/problem+json'

/** RFC 9457, section 3.1, with a stable code, every mistake with its path, and the id of the request. */
export const Problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })),
    requestId: z.string(),
    expiredAt: z.iso.datetime().optional().describe('When the files were deleted, for `artifact_expired`.'),
    receivedBytes: z
      .int()
      .optional()
      .describe('Where the next chunk of the file begins, for the `conflict` of a chunk.'),
    datasetId: z.string().optional().describe('The record of the upload, for `invalid_dataset`.'),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof Problem>

export function problemOf(
  code: ErrorCode,
  detail: string,
  requestId: string,
  mistakes: readonly Mistake[] = [],
): Problem {
  const { status, title } = ERROR_CATALOGUE[code]
  return { type: `/docs#${code}`, title, status, detail, code, errors: [...mistakes], requestId }
}
