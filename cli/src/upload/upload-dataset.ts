import { ConnectionError, type Dataset, ServiceError, type UploadProgress } from '@thresher/client'
import { openFile } from '@thresher/client/files'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { Failure } from '../failure.ts'
import { printJson, printLines } from '../print.ts'
import { type DatasetOptions, datasetRequest } from '../request/dataset-request.ts'
import { datasetSheet } from '../show/dataset-sheet.ts'
import { harmless } from '../terminal/text.ts'
import { TransferDisplay } from '../transfer/transfer-display.ts'

export interface UploadOptions extends DatasetOptions {
  /** The id of an upload to continue. */
  resume?: string
}

/** `thresher datasets upload`. @throws Failure if the files are not a valid dataset */
export async function uploadDataset(
  context: Context,
  paths: string[],
  options: UploadOptions,
): Promise<ExitCode> {
  const sent = await sendFiles(context, paths, options)
  if (!sent) return EXIT.interrupted
  const { thresher, json, out, err, errColors } = context
  const isSettled = sent.status === 'ready' || sent.status === 'invalid'
  if (!isSettled) err.write(errColors.dim('checking the files\n'))
  const dataset = isSettled ? sent : await thresher.datasets.wait(sent.id)
  if (dataset.status === 'invalid') throw new Failure(dataset.error ?? 'The files are not a valid dataset.')
  if (json) printJson(context, dataset)
  else if (out.isTTY) printLines(context, datasetSheet(dataset, context))
  else {
    out.write(`${dataset.id}\n`)
    for (const note of dataset.notes ?? []) err.write(`${errColors.yellow('note')}  ${harmless(note)}\n`)
  }
  return EXIT.succeeded
}

/** @returns undefined after Ctrl-C */
async function sendFiles(
  context: Context,
  paths: readonly string[],
  { resume, ...options }: UploadOptions,
): Promise<Dataset | undefined> {
  const { datasets } = context.thresher
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  process.once('SIGINT', stop)
  let id = resume
  const display = new TransferDisplay(context, `uploading ${options.name ?? paths[0]}`)
  const calls = {
    signal: stopping.signal,
    onProgress: ({ sentBytes, totalBytes }: UploadProgress) => display.show(sentBytes, totalBytes),
    onAnnounced: (dataset: Dataset) => {
      id = dataset.id
    },
  }
  try {
    const request = resume === undefined ? datasetRequest(paths, options) : undefined
    const files = await Promise.all(paths.map(path => openFile(path)))
    return await (request ? datasets.create(request, files, calls) : datasets.resume(id!, files, calls))
  } catch (error) {
    display.close()
    const mayContinue =
      stopping.signal.aborted || error instanceof ConnectionError || error instanceof ServiceError
    if (id && mayContinue) context.err.write(`${continuation(id, paths)}\n`)
    if (!stopping.signal.aborted) throw error
    return undefined
  } finally {
    display.close()
    process.off('SIGINT', stop)
  }
}

function continuation(id: string, paths: readonly string[]): string {
  const command = ['thresher datasets upload --resume', id, ...paths.map(quoted)].join(' ')
  return `The upload is not complete. Continue it within 24 hours:\n  ${command}`
}

/** A word of a shell command. */
function quoted(path: string): string {
  return /^[\w./+=@:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
