import { stat } from 'node:fs/promises'
import { FormatError } from '#formats/format-error.ts'
import type { SourceFile } from '#ingest/source-file.ts'

/** The size of an upload's files together. @throws FormatError when a registered folder was taken away */
export async function sourceBytes(files: readonly SourceFile[]): Promise<number> {
  const sizeOf = async ({ name, path }: SourceFile) =>
    await stat(path).catch(error => {
      throw error.code === 'ENOENT' ? new FormatError(`${name} is not there any more`) : error
    })
  const found = await Promise.all(files.map(sizeOf))
  return found.reduce((sum, { size }) => sum + size, 0)
}

/** What errors call an upload's files. */
export function sourceName(files: readonly SourceFile[]): string {
  const [first, ...others] = files
  if (!first) return 'the model'
  return others.length === 0 ? first.name : `${first.name} and ${others.length} more`
}
