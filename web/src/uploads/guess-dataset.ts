import type { Json } from '../form/path.ts'

const FORMATS: [pattern: RegExp, format: string][] = [
  [/\.npz$/, 'npz'],
  [/\.npy$/, 'npy'],
  [/(idx[13]-ubyte|\.idx)(\.gz)?$/, 'idx'],
  [/\.(csv|tsv)(\.gz)?$/, 'csv'],
  [/\.parquet$/, 'parquet'],
  [/(cifar.*\.tar\.gz|\.bin)$/, 'cifar'],
  [/\.tfrecords?(-\d+-of-\d+)?$/, 'tfrecord'],
  [/\.(zip|tar|tar\.gz|tgz)$/, 'imageFolder'],
]

/** The description of a dataset as far as the names of its files show it. */
export function guessDataset(fileNames: readonly string[]): Record<string, Json> {
  const [first = ''] = fileNames
  const format = FORMATS.find(([pattern]) => pattern.test(first.toLowerCase()))?.[1]
  const name = first.replace(/\..*$/, '')
  return {
    ...(name && { name }),
    ...(format && { format }),
    ...(first.toLowerCase().includes('.tsv') && { delimiter: '\t' }),
  }
}
