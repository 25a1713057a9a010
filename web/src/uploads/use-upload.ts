import type { Dataset, DatasetRequest, UploadProgress } from '@thresher/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Json } from '../form/path.ts'
import { client } from '../state/session.ts'

export interface UploadState {
  isRunning: boolean
  progress?: UploadProgress
  error?: Error
}

/** Sends the files of a dataset and waits until the service has validated them. */
export function useUpload(onUploaded: (dataset: Dataset) => void) {
  const [state, setState] = useState<UploadState>({ isRunning: false })
  const running = useRef<AbortController>()
  const stop = () => running.current?.abort()
  useEffect(() => stop, [])
  const start = (spec: Json, files: File[]) => {
    stop()
    const controller = new AbortController()
    running.current = controller
    setState({ isRunning: true })
    const { signal } = controller
    const onProgress = (progress: UploadProgress) => signal.aborted || setState({ isRunning: true, progress })
    uploaded(spec as DatasetRequest, files, { signal, onProgress }).then(
      dataset => signal.aborted || onUploaded(dataset),
      error => signal.aborted || setState({ isRunning: false, error }),
    )
  }
  return { ...state, start, stop }
}

async function uploaded(
  spec: DatasetRequest,
  files: File[],
  options: { signal: AbortSignal; onProgress: (progress: UploadProgress) => void },
): Promise<Dataset> {
  const { datasets } = client.value
  const { id } = await datasets.create(spec, files, options)
  const dataset = await datasets.wait(id, { signal: options.signal })
  if (dataset.status === 'invalid') throw new Error(dataset.error ?? 'The files are not a valid dataset.')
  return dataset
}
