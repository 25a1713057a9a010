import type { Problem } from './contract.ts'
import { ConnectionError, errorOf } from './errors.ts'

export interface ClientOptions {
  /** The address of the service, for example `https://thresher.example`. */
  url: string
  /** A key `thr_…`. A service without keys needs none. */
  key?: string
  fetch?: typeof fetch
}

export interface CallOptions {
  signal?: AbortSignal
}

export interface Request extends CallOptions {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  query?: Query
  headers?: Record<string, string>
  /** Sent as JSON, or unchanged if it is a form. */
  body?: unknown
}

export type Query = Record<string, string | number | boolean | readonly string[] | undefined>

/** Sends requests, and repeats those that may be repeated. */
export class Transport {
  readonly url: string
  readonly #key: string | undefined
  readonly #fetch: typeof fetch

  constructor({ url, key, fetch: sending = fetch }: ClientOptions) {
    this.url = url.replace(/\/+$/, '')
    this.#key = key
    this.#fetch = sending.bind(globalThis)
  }

  /** @returns the parsed JSON of the answer. @throws AnswerError, ConnectionError */
  async json<T>(path: string, request: Request = {}): Promise<T> {
    return (await (await this.send(path, request)).json()) as T
  }

  /** @returns a successful answer whose body is not read yet. @throws AnswerError, ConnectionError */
  async send(
    path: string,
    { method = 'GET', query, headers, body, signal }: Request = {},
  ): Promise<Response> {
    const isForm = body instanceof FormData
    const init: RequestInit = {
      method,
      headers: {
        ...(this.#key !== undefined && { authorization: `Bearer ${this.#key}` }),
        ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    }
    const answer = await this.#fetch(this.url + path + queryOf(query), init).catch(cause => {
      if (signal?.aborted) throw cause
      throw new ConnectionError(`The service at ${this.url} does not answer.`, { cause })
    })
    if (answer.ok) return answer
    throw errorOf(await problemOf(answer))
  }
}

function queryOf(query: Query = {}): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) parameters.append(name, String(one))
  return parameters.size > 0 ? `?${parameters}` : ''
}

async function problemOf(answer: Response): Promise<Problem> {
  const problem = (await answer.json().catch(() => null)) as Problem | null
  if (typeof problem?.code === 'string') return problem
  const detail = `The service answered ${answer.status} ${answer.statusText}.`
  return {
    ...{ type: 'about:blank', title: answer.statusText, status: answer.status },
    ...{ detail, code: 'unknown', errors: [], requestId: '' },
  }
}
