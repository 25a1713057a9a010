import type { Problem } from './contract.ts'
import { type AnswerError, errorOf, ThresherError } from './errors.ts'

/** Far more than any answer of the service. Another server could send bytes without end. */
const LARGEST_TEXT_BYTES = 64 * 1024 ** 2
const REDIRECTS = [301, 302, 303, 307, 308]

/** An answer that the service at an address would not send. */
export function unexpected(what: string, cause?: unknown): ThresherError {
  return new ThresherError(`${what} Is this the address of a Thresher service?`, { cause })
}

/** @throws AnswerError unless the status is one of success: with a redirect, the address where the service is */
export async function requireSuccess(answer: Response, url: string): Promise<void> {
  // A browser hides the status and the address of a redirect.
  if (answer.type === 'opaqueredirect' || REDIRECTS.includes(answer.status)) throw redirectOf(answer, url)
  if (!answer.ok) throw errorOf(await problemOf(answer, url), answer.headers)
}

function redirectOf({ status, headers, body }: Response, url: string): AnswerError {
  void body?.cancel().catch(() => {})
  return redirectTo(headers.get('location'), url, status)
}

/** A redirect is not followed: the key would go to another address, and a POST could become a GET. */
export function redirectTo(location: string | null, url: string, status = 0): AnswerError {
  const target = location !== null && URL.canParse(location, url) ? new URL(location, url).href : undefined
  const detail = `${url} redirects to ${target ?? 'another address'}. Use the address of the service itself.`
  return errorOf({ ...UNKNOWN, type: 'about:blank', title: 'Redirect', status, detail, code: 'redirect' })
}

/** The error of a `fetch` with `redirect: 'error'`, if that is why it failed. */
export function redirectErrorOf(cause: unknown, url: string): AnswerError | undefined {
  const reason = (cause as { cause?: { message?: unknown } } | undefined)?.cause?.message
  return reason === 'unexpected redirect' ? redirectTo(null, url) : undefined
}

/** The text of an answer. @throws ThresherError if it has more than 64 MiB */
export async function textOfAnswer(answer: Response, url: string): Promise<string> {
  if (!answer.body) return ''
  const reader = answer.body.getReader()
  const decoder = new TextDecoder()
  let [text, bytes] = ['', 0]
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.length
    if (bytes > LARGEST_TEXT_BYTES) {
      void reader.cancel().catch(() => {})
      throw unexpected(`The answer of ${url} has more than 64 MiB.`)
    }
    text += decoder.decode(value, { stream: true })
  }
}

/** @throws ThresherError if the text is not a JSON object, as every answer of the service is */
export function jsonOf<T>(text: string, url: string): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw unexpected(`The answer of ${url} is not JSON.`, cause)
  }
  if (!isObject(value)) throw unexpected(`The answer of ${url} is not a JSON object.`)
  return value as T
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const UNKNOWN = { code: 'unknown', errors: [], requestId: '' }

/** The body of an error, or what the status line says if a proxy sent another body. */
async function problemOf(answer: Response, url: string): Promise<Problem> {
  const { status, statusText: title } = answer
  const detail = `The service answered ${status} ${title}.`
  const plain = { ...UNKNOWN, type: 'about:blank', title, status, detail }
  const found = await textOfAnswer(answer, url)
    .then(text => jsonOf<Partial<Problem>>(text, url))
    .catch(() => undefined)
  if (typeof found?.code !== 'string') return plain
  const errors = (Array.isArray(found.errors) ? found.errors : []).filter(isMistake)
  const problem = { ...plain, ...found, status, errors }
  return typeof problem.detail === 'string' ? problem : { ...problem, detail }
}

function isMistake(value: unknown): value is Problem['errors'][number] {
  return isObject(value) && typeof value.path === 'string' && typeof value.message === 'string'
}
