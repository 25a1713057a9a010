import type { Logger } from 'pino'
import { FormatError } from '#formats/format-error.ts'

/** Logs why an upload could not be read: a library's error about a refused file, or a fault of the service. */
export function logUploadFault(log: Pick<Logger, 'info' | 'error'>, err: Error, datasetId: string): void {
  if (err instanceof FormatError)
    log.info({ err: err.cause, datasetId }, 'a library could not read a file of a dataset')
  else log.error({ err, datasetId }, 'an upload could not be read because of an internal error')
}
