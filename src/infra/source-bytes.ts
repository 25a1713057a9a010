import { stat } from 'node:fs/promises'
import type { SourceFile } from '#ingest/source-file.ts'

/** The size of an upload's files together. */
export async function sourceBytes(files: readonly SourceFile[]): Promise<number> {
  const found = await Promise.all(files.map(({ path }) => stat(path)))
  return found.reduce((sum, { size }) => sum + size, 0)
}

/** What errors call an upload's files. */
export function sourceName(files: readonly SourceFile[]): string {
  const [first, ...others] = files
  if (!first) return 'the model'
  return others.length === 0 ? first.name : `${first.name} and ${others.length} more`
}
