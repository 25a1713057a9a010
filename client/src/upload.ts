import type { CallOptions, Transport } from './transport.ts'

/** A file with its name, or a blob with a name. `openFile` of `@thresher/client/files` makes one of a path. */
export type Uploadable = File | { name: string; content: Blob }

export interface UploadProgress {
  sentBytes: number
  totalBytes: number
}

export interface UploadOptions extends CallOptions {
  onProgress?: ((progress: UploadProgress) => void) | undefined
}

/** A form as the service reads it: a part `spec` with JSON, then the files. */
export function formOf(spec: object, files: Record<string, readonly Uploadable[]>): FormData {
  const form = new FormData()
  form.append('spec', JSON.stringify(spec))
  for (const [part, found] of Object.entries(files))
    for (const file of found)
      if (file instanceof File) form.append(part, file, file.name)
      else form.append(part, file.content, file.name)
  return form
}

export function upload<T>(
  transport: Transport,
  path: string,
  form: FormData,
  options: UploadOptions,
): Promise<T> {
  const { onProgress: _, ...call } = options
  return transport.json(path, { ...call, method: 'POST', body: form })
}
