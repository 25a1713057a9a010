import { stat } from 'node:fs/promises'
import { FormatError } from '#formats/format-error.ts'
import type { SourceFile } from '#ingest/source-file.ts'

/** The total size of an upload's files. @throws FormatError if a registered folder no longer exists */
export async function sourceBytes(files: readonly SourceFile[]): Promise<number> {
  const sizeOf = async ({ name, path }: SourceFile) =>
    await stat(path).catch(error => {
      throw error.code === 'ENOENT' ? new FormatError(`${name} no longer exists`) : error
    })
  const found = await Promise.all(files.map(sizeOf))
  return found.reduce((sum, { size }) => sum + size, 0)
}

/** The name of an upload's files in errors. */
export function sourceName(files: readonly SourceFile[]): string {
  const [first, ...others] = files
  if (!first) return 'the model'
  return others.length === 0 ? first.name : `${first.name} and ${others.length} more`
}
