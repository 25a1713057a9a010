import { openFile } from '@thresher/client/files'
import type { Context } from '../context.ts'
import { Failure } from '../failure.ts'
import { printJson, printLines } from '../print.ts'
import { type DatasetOptions, datasetRequest } from '../request/dataset-request.ts'
import { datasetSheet } from '../show/dataset-sheet.ts'
import { TransferDisplay } from '../transfer/transfer-display.ts'

/** `thresher datasets upload`. @throws Failure if the files are not a valid dataset */
export async function uploadDataset(
  context: Context,
  paths: string[],
  options: DatasetOptions,
): Promise<void> {
  const { thresher, json, out, err, errColors } = context
  const request = datasetRequest(paths, options)
  const files = await Promise.all(paths.map(path => openFile(path)))
  const display = new TransferDisplay(context, `uploading ${request.name}`)
  const onProgress = ({ sentBytes, totalBytes }: { sentBytes: number; totalBytes: number }) =>
    display.show(sentBytes, totalBytes)
  const created = await thresher.datasets
    .create(request, files, { onProgress })
    .finally(() => display.close())
  if (created.status === 'validating') err.write(errColors.dim('checking the files\n'))
  const dataset = created.status === 'validating' ? await thresher.datasets.wait(created.id) : created
  if (dataset.status === 'invalid') throw new Failure(dataset.error ?? 'The files are not a valid dataset.')
  if (json) return printJson(context, dataset)
  if (out.isTTY) return printLines(context, datasetSheet(dataset, context))
  out.write(`${dataset.id}\n`)
  for (const note of dataset.notes ?? []) err.write(`${errColors.yellow('note')}  ${note}\n`)
}
