import type { CallOptions } from './transport.ts'

/** The service may have to make the file first. */
export const TIMEOUT_MS = 300_000
export const SILENCE_MS = 60_000

export interface DownloadProgress {
  /** Includes the bytes that an earlier call left. */
  receivedBytes: number
  totalBytes: number
}

export interface DownloadOptions extends Omit<CallOptions, 'retries'> {
  onProgress?: ((progress: DownloadProgress) => void) | undefined
  /** Milliseconds without a byte after which a connection counts as broken. Default 60,000. */
  silenceMs?: number | undefined
}
