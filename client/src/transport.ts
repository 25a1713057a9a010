import { addressOf, requireValidHeaders, urlOf, validKey } from './address.ts'
import { jsonOf, redirectErrorOf, requireSuccess, textOfAnswer, unexpected } from './answers.ts'
import { ConnectionError, NotFoundError, ThresherError } from './errors.ts'
import { type Query, queryString } from './query.ts'
import { retry } from './retry.ts'
import type { SocketClass } from './socket.ts'

export interface ClientOptions {
  /** The address of the service, for example `https://thresher.example`. */
  url: string
  /** A key `thr_…`. A service without keys needs none. */
  key?: string
  /** How often a request that may be repeated is sent again after a failure that may pass. Default 2. */
  retries?: number
  /** Milliseconds until the service must have answered, for each attempt. Default 60,000; uploads have no limit. */
  timeoutMs?: number
  fetch?: typeof fetch
  /** The class of WebSockets. Default: the global one, which Node has from version 22 on. */
  WebSocket?: SocketClass
}

export interface CallOptions {
  /** Ends the call, the pauses between attempts included; it rejects with the reason of the signal. */
  signal?: AbortSignal | undefined
  retries?: number | undefined
  timeoutMs?: number | undefined
}

export interface RequestOptions extends CallOptions {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  query?: Query
  headers?: Record<string, string>
  /** Sent unchanged if it is a form or a blob, otherwise as JSON. */
  body?: unknown
  /** A POST or PATCH that has no further effect when it is sent twice. */
  repeatable?: boolean
  /** Makes the function that sends this request from the usual one. */
  via?: (send: typeof fetch) => typeof fetch
}

/** Without these, Node keeps every byte of a body in memory, in case it must be sent again after a redirect. */
const UNBUFFERED = { redirect: 'error', window: null } as const
const TIMEOUT_MS = 60_000
const RETRIES = 2

/** Sends requests, and repeats those that may be repeated. */
export class Transport {
  readonly url: string
  readonly key: string | undefined
  readonly WebSocket: SocketClass | undefined
  readonly #fetch: typeof fetch
  readonly #retries: number
  readonly #timeoutMs: number

  constructor(options: ClientOptions) {
    this.url = addressOf(options.url)
    this.key = validKey(options.key)
    this.WebSocket = options.WebSocket ?? (globalThis as { WebSocket?: SocketClass }).WebSocket
    this.#fetch = (options.fetch ?? fetch).bind(globalThis)
    this.#retries = options.retries ?? RETRIES
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS
  }

  /** @returns the JSON object of the answer. @throws AnswerError, ConnectionError; ThresherError if the answer is another */
  async json<T>(path: string, request: RequestOptions = {}): Promise<T> {
    const url = this.url + path
    return jsonOf<T>(await this.#repeat(path, request, answer => textOfAnswer(answer, url)), url)
  }

  /** @returns the text of the answer. @throws AnswerError, ConnectionError; ThresherError if the answer is a page */
  text(path: string, request: RequestOptions = {}): Promise<string> {
    return this.#repeat(path, request, answer => {
      if (answer.headers.get('content-type')?.startsWith('text/html'))
        throw unexpected(`The answer of ${this.url}${path} is an HTML page.`)
      return textOfAnswer(answer, this.url + path)
    })
  }

  /** @returns a successful answer whose body is not read yet. @throws AnswerError, ConnectionError */
  send(path: string, request: RequestOptions = {}): Promise<Response> {
    return this.#repeat(path, request, async answer => answer)
  }

  /** Deletes a record. A 404 to a repeated request means that the answer to the first one was lost. @throws AnswerError, ConnectionError */
  async remove(path: string, options: CallOptions = {}): Promise<void> {
    let attempts = 0
    const via = (send: typeof fetch) => {
      attempts++
      return send
    }
    try {
      const { status } = await this.send(path, { ...options, method: 'DELETE', via })
      if (status !== 204) throw unexpected(`${this.url}${path} answered ${status} to DELETE, not 204.`)
    } catch (error) {
      if (attempts < 2 || !(error instanceof NotFoundError)) throw error
    }
  }

  #repeat<T>(path: string, request: RequestOptions, read: (answer: Response) => Promise<T>): Promise<T> {
    const { signal, retries = this.#retries } = request
    const attempt = () => this.#attempt(path, request, read)
    return retry(attempt, { signal, retries: isRepeatable(request) ? retries : 0 })
  }

  async #attempt<T>(
    path: string,
    request: RequestOptions,
    read: (answer: Response) => Promise<T>,
  ): Promise<T> {
    const url = urlOf(this.url, path)
    requireValidHeaders(request.headers)
    const limit = new AbortController()
    const timeoutMs = request.timeoutMs ?? (isEncoded(request.body) ? 0 : this.#timeoutMs)
    const timer = timeoutMs > 0 ? setTimeout(() => limit.abort(timedOut(timeoutMs)), timeoutMs) : undefined
    const signal = request.signal ? AbortSignal.any([request.signal, limit.signal]) : limit.signal
    try {
      const init = { ...this.#init(request), signal }
      const send = request.via?.(this.#fetch) ?? this.#fetch
      const answer = await send(url + queryString(request.query), init)
      await requireSuccess(answer, url)
      return await read(answer)
    } catch (cause) {
      request.signal?.throwIfAborted()
      if (cause instanceof ThresherError) throw cause
      throw (
        redirectErrorOf(cause, url) ??
        new ConnectionError(`The service at ${this.url} does not answer.`, { cause })
      )
    } finally {
      clearTimeout(timer)
    }
  }

  #init({ method = 'GET', headers, body }: RequestOptions): RequestInit {
    return {
      method,
      redirect: 'manual',
      headers: {
        ...(this.key !== undefined && { authorization: `Bearer ${this.key}` }),
        ...(body !== undefined && !isEncoded(body) && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: isEncoded(body) ? body : JSON.stringify(body) }),
      ...(isEncoded(body) && UNBUFFERED),
    }
  }
}

function isEncoded(body: unknown): body is FormData | Blob {
  return body instanceof FormData || body instanceof Blob
}

/** Whether a second request has no effect that the first did not have (RFC 9110, section 9.2.2). */
function isRepeatable({ method = 'GET', headers, repeatable }: RequestOptions): boolean {
  return (
    repeatable ?? ((method !== 'POST' && method !== 'PATCH') || headers?.['idempotency-key'] !== undefined)
  )
}

function timedOut(timeoutMs: number): Error {
  return new Error(`There was no answer within ${timeoutMs} ms.`)
}
