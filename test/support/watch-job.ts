import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'

// biome-ignore lint/suspicious/noExplicitAny: an outside client sees plain JSON
export type Frame = Record<string, any>

/** Every frame of a job's stream up to `end` and the socket's close, as an outside client receives them. */
export async function watchJob(
  serviceUrl: string,
  jobId: string,
  after = 0,
): Promise<{ frames: Frame[]; closeCode: number }> {
  const socket = new WebSocket(`${serviceUrl.replace('http', 'ws')}/v1/jobs/${jobId}/stream?after=${after}`)
  const frames: Frame[] = []
  socket.on('message', data => frames.push(JSON.parse(String(data))))
  const [closeCode] = await once(socket, 'close')
  return { frames, closeCode }
}

export async function post(
  serviceUrl: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
) {
  const answer = await fetch(serviceUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Frame }
}

/**
 * Files by name as parts of a form. A dataset whose validation takes longer than the request is awaited.
 * @param spec the part of that name, if there is one
 */
export async function upload(
  serviceUrl: string,
  path: string,
  spec: unknown,
  files: Readonly<Record<string, string | Uint8Array>>,
  field = 'file',
) {
  const form = new FormData()
  if (spec !== undefined) form.set('spec', JSON.stringify(spec))
  for (const [name, content] of Object.entries(files)) {
    const bytes = typeof content === 'string' ? content : new Uint8Array(content)
    form.append(field, new Blob([bytes]), name)
  }
  const answer = await fetch(serviceUrl + path, { method: 'POST', body: form })
  let body = (await answer.json()) as Frame
  while (body.status === 'validating') {
    await pause(100)
    ;({ body } = await get(serviceUrl, `${path}/${body.id}`))
  }
  return { status: answer.status, body }
}

export async function get(serviceUrl: string, path: string) {
  const answer = await fetch(serviceUrl + path)
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Frame }
}

export async function sparseDigest(serviceUrl: string, jobId: string): Promise<string> {
  const { body } = await get(serviceUrl, `/v1/jobs/${jobId}/artifacts`)
  return body.data.find((artifact: Frame) => artifact.name === 'model.sparse.safetensors').sha256
}

/** The names of the classes that an answer of `predict` gives its examples. */
export function labelsOf({ predictions }: Frame): string[] {
  return predictions.map(({ label }: Frame) => label)
}
