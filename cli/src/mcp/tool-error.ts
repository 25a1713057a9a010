import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { AnswerError, ConnectionError } from '@thresher/client'

/** A mistake in a call, or a call that cannot succeed. Its message is for the caller. */
export class ToolError extends Error {
  override readonly name = 'ToolError'
}

/** The result of a tool that has failed: a message for the model, and the problem of the service with the path of each wrong field. */
export function errorResult(error: unknown): CallToolResult {
  const { message, data } = describe(error)
  return {
    isError: true,
    content: [{ type: 'text', text: message }],
    structuredContent: { error: data },
  }
}

/** Where the service names a request or a header, the caller needs a tool or a variable. */
const DETAILS: Partial<Record<string, string>> = {
  tradeoff_not_ready:
    'The trade-off of this model has not been measured. Call `tradeoff` with `"measure": true` first.',
  unauthenticated:
    'The service refuses the key, or there is none. The user starts `thresher mcp` with a valid key in THRESHER_KEY, or stores one with `thresher login`.',
}

function describe(error: unknown): { message: string; data: Record<string, unknown> } {
  if (error instanceof AnswerError) {
    const { problem, retryAfterMs } = error
    const fields = problem.errors.map(({ path, message }) => `- ${path || 'the whole request'}: ${message}`)
    const wait = retryAfterMs === undefined ? [] : [`Try again in ${Math.ceil(retryAfterMs / 1000)} s.`]
    const detail =
      (Object.hasOwn(DETAILS, problem.code) ? DETAILS[problem.code] : undefined) ?? problem.detail
    const first = fields.length > 0 ? `${problem.title} (${problem.code}):` : `${detail} (${problem.code})`
    return { message: [first, ...fields, ...wait].join('\n'), data: { ...problem } }
  }
  if (error instanceof ConnectionError)
    return {
      message: `${error.message} Start it with \`thresher up\`, or give the address of another one with THRESHER_URL.`,
      data: { code: 'connection', message: error.message },
    }
  const message = error instanceof Error ? error.message : String(error)
  return { message, data: { code: 'tool_error', message } }
}
