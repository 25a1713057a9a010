import type { SourceFile } from './source-file.ts'
import { splitOf } from './split-of.ts'

/** Sorts training files first, because the first file determines the order of the columns. */
export function trainingFirst(files: readonly SourceFile[]): SourceFile[] {
  const isTest = ({ name }: SourceFile) => Number(splitOf(name) === 'test')
  return files.toSorted((a, b) => isTest(a) - isTest(b))
}
