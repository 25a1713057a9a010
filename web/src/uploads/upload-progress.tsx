import { formatBytes } from '../format/numbers.ts'
import type { UploadState } from './use-upload.ts'

/** How much of an upload has been sent; the service validates what it has received. */
export function UploadProgress({ isRunning, progress }: UploadState) {
  if (!isRunning) return null
  const { sentBytes = 0, totalBytes = 0 } = progress ?? {}
  const isSent = totalBytes > 0 && sentBytes >= totalBytes
  const words = isSent
    ? 'Sent. The service validates the files.'
    : `${formatBytes(sentBytes)} of ${formatBytes(totalBytes)} sent`
  return (
    <div role="status">
      {isSent ? (
        <progress class="bar" aria-label="Upload" />
      ) : (
        <progress class="bar" aria-label="Upload" max={totalBytes || 1} value={sentBytes} />
      )}
      <p class="chart-note">{words}</p>
    </div>
  )
}
