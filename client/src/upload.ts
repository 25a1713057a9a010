import type { CallOptions, Transport } from './transport.ts'
import { sendReporting, type UploadProgress } from './upload-progress.ts'

/** A file with its name, or a blob with a name. `openFile` of `@thresher/client/files` makes one of a path. */
export type Uploadable = File | { name: string; content: Blob }

export interface UploadOptions extends CallOptions {
  onProgress?: ((progress: UploadProgress) => void) | undefined
}

/** A form as the service reads it: a part `spec` with JSON, then the files. */
export function formOf(spec: object, files: Record<string, readonly Uploadable[]>): FormData {
  const form = new FormData()
  form.append('spec', JSON.stringify(spec))
  for (const [part, found] of Object.entries(files))
    for (const file of found) form.append(part, contentOf(file), file.name)
  return form
}

export function contentOf(file: Uploadable): Blob {
  return file instanceof File ? file : file.content
}

/** Sends a form without keeping its files in memory. @throws AnswerError, ConnectionError */
export function upload<T>(
  transport: Transport,
  path: string,
  form: FormData,
  { onProgress, ...options }: UploadOptions,
): Promise<T> {
  const via = onProgress && ((send: typeof fetch) => sendReporting(send, onProgress))
  return transport.json(path, { ...options, method: 'POST', body: form, ...(via && { via }) })
}
