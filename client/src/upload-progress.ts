import { redirectTo } from './answers.ts'

export interface UploadProgress {
  sentBytes: number
  /** The size of all files. */
  totalBytes: number
}

type Listener = (progress: UploadProgress) => void

/** A `fetch` for one form that reports how much of it has been sent. */
export function sendReporting(send: typeof fetch, onProgress: Listener): typeof fetch {
  return async (url, init) => {
    const form = init?.body as FormData
    const totalBytes = sizeOf(form)
    const report = (bytes: number) => onProgress({ sentBytes: Math.min(bytes, totalBytes), totalBytes })
    const { XMLHttpRequest } = globalThis as { XMLHttpRequest?: XhrClass }
    if (XMLHttpRequest) return await sendByXhr(new XMLHttpRequest(), String(url), init!, report)
    return await send(url, counted(init!, form, report))
  }
}

/** In Node, `fetch` sends a stream, whose bytes can be counted. */
function counted(init: RequestInit, form: FormData, report: (bytes: number) => void): RequestInit {
  const encoded = new Response(form)
  const headers = { ...(init.headers as Record<string, string>) }
  headers['content-type'] = encoded.headers.get('content-type')!
  let sent = 0
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      sent += chunk.length
      report(sent)
      controller.enqueue(chunk)
    },
  })
  return { ...init, headers, body: encoded.body!.pipeThrough(count), duplex: 'half' } as RequestInit
}

/** What this file uses of an XMLHttpRequest, the only way for a browser to report how much of a body it has sent. */
interface Xhr {
  upload: { onprogress: ((event: { loaded: number }) => void) | null }
  onload: (() => void) | null
  onerror: (() => void) | null
  onabort: (() => void) | null
  readonly status: number
  /** The address that answered, after redirects, which an XMLHttpRequest always follows. */
  readonly responseURL: string
  readonly statusText: string
  readonly responseText: string
  open(method: string, url: string): void
  setRequestHeader(name: string, value: string): void
  getAllResponseHeaders(): string
  send(body: FormData): void
  abort(): void
}
type XhrClass = new () => Xhr

function sendByXhr(
  xhr: Xhr,
  url: string,
  init: RequestInit,
  report: (bytes: number) => void,
): Promise<Response> {
  const { signal } = init
  const abort = () => xhr.abort()
  const answered = new Promise<Response>((resolve, reject) => {
    signal?.throwIfAborted()
    xhr.open(init.method!, url)
    for (const [name, value] of Object.entries(init.headers as Record<string, string>))
      xhr.setRequestHeader(name, value)
    xhr.upload.onprogress = ({ loaded }) => report(loaded)
    xhr.onload = () =>
      wasRedirected(xhr, url) ? reject(redirectTo(xhr.responseURL, url)) : resolve(answerOf(xhr))
    xhr.onerror = () => reject(new TypeError('The upload failed.'))
    xhr.onabort = () => reject(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    xhr.send(init.body as FormData)
  })
  return answered.finally(() => signal?.removeEventListener('abort', abort))
}

function wasRedirected({ responseURL }: Xhr, url: string): boolean {
  return Boolean(responseURL) && responseURL !== new URL(url).href
}

function answerOf(xhr: Xhr): Response {
  const lines = xhr.getAllResponseHeaders().trim().split(/\r\n/)
  const headers = lines.map(line => [
    line.slice(0, line.indexOf(':')),
    line.slice(line.indexOf(':') + 1).trim(),
  ])
  return new Response(xhr.responseText, {
    status: xhr.status,
    statusText: xhr.statusText,
    headers: headers.filter(([name]) => name) as [string, string][],
  })
}

function sizeOf(form: FormData): number {
  let bytes = 0
  for (const value of form.values()) if (value instanceof Blob) bytes += value.size
  return bytes
}
