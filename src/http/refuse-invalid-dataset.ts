import { AppError } from '#domain/error.ts'
import type { DatasetRecord } from '#stores/upload-records.ts'

/** @param path of the mistake in the request @throws AppError `invalid_dataset` for a dataset whose validation has failed */
export function refuseInvalidDataset({ id, state }: DatasetRecord, path: string): void {
  if (state.status !== 'invalid') return
  throw new AppError('invalid_dataset', state.error, {
    mistakes: [{ path, message: state.error }],
    headers: { location: `/v1/datasets/${id}` },
    members: { datasetId: id },
  })
}
