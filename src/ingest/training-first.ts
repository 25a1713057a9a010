import type { SourceFile } from './source-file.ts'
import { splitOf } from './split-of.ts'

/** The order of the columns is that of the training file, whatever the order of the upload. */
export function trainingFirst(files: readonly SourceFile[]): SourceFile[] {
  const isTest = ({ name }: SourceFile) => Number(splitOf(name) === 'test')
  return files.toSorted((a, b) => isTest(a) - isTest(b))
}
