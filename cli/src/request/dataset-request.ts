import { basename, extname } from 'node:path'
import type { DatasetRequest } from '@thresher/client'
import { usageError } from '../failure.ts'
import { setPath } from './set-path.ts'

export interface DatasetOptions {
  format?: DatasetRequest['format']
  name?: string
  label?: string
  set?: [string, string][]
}

export const DATASET_FORMATS: DatasetRequest['format'][] = [
  ...(['csv', 'npz', 'npy', 'parquet', 'idx', 'cifar', 'imageFolder', 'tfrecord'] as const),
]

const FORMAT_OF_EXTENSION: Record<string, DatasetRequest['format']> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.npz': 'npz',
  '.npy': 'npy',
  '.parquet': 'parquet',
  '.tfrecord': 'tfrecord',
  '.zip': 'imageFolder',
  '.tar': 'imageFolder',
  '.tgz': 'imageFolder',
}

/** The part `spec` of an upload of these files. */
export function datasetRequest(
  paths: readonly string[],
  { format, name, label, set = [] }: DatasetOptions,
): DatasetRequest {
  const [first = ''] = paths
  const request = {
    name: name ?? basename(first),
    format: format ?? formatOf(first),
    ...(label !== undefined && { label: labelOf(label) }),
    ...(extname(first) === '.tsv' && { delimiter: '\t' }),
  }
  for (const [path, value] of set) setPath(request, path, value)
  return request as DatasetRequest
}

function formatOf(path: string): DatasetRequest['format'] {
  const format = FORMAT_OF_EXTENSION[extname(path.replace(/\.gz$/, '')).toLowerCase()]
  if (format) return format
  throw usageError(
    `The name of ${path} does not say its format.`,
    `Give one with --format: ${DATASET_FORMATS.join(', ')}.`,
  )
}

function labelOf(text: string): string | number | (string | number)[] {
  const columns = text.split(',').map(column => (/^\d+$/.test(column) ? Number(column) : column))
  return columns.length === 1 ? columns[0]! : columns
}
