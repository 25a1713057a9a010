import { FormatError } from '#formats/format-error.ts'
import { IDX_KINDS, idxShape, requireIdxMagic } from '#formats/idx.ts'
import { appendExamples, appendLabels } from './append-array.ts'
import { ByteReader } from './byte-reader.ts'
import type { RequestOf } from './dataset-request.ts'
import type { DatasetWriter } from './dataset-writer.ts'
import { LabelWriter } from './label-writer.ts'
import { membersOf } from './members.ts'
import type { SourceFile } from './source-file.ts'
import { splitOf } from './split-of.ts'

/** Reads IDX files, gzipped or not: files of rank 1 contain labels; files named t10k or test belong to the test split. @throws FormatError */
export async function readIdx(
  files: readonly SourceFile[],
  request: RequestOf<'idx'>,
  writer: DatasetWriter,
): Promise<void> {
  const labels = new LabelWriter(writer, undefined, request.classes)
  const found = new Map<string, string>()
  for await (const { name, source, content } of membersOf(files)) {
    const reader = new ByteReader(content, source)
    const magic = await reader.take(4)
    requireIdxMagic(magic, source)
    const shape = idxShape(magic[3]!, await reader.take(4 * magic[3]!))
    const format = { kind: IDX_KINDS[magic[2]!]!, bigEndian: true }
    const key = `${shape.length === 1 ? 'labels' : 'images'} of the ${splitOf(name)} split`
    const other = found.get(key)
    // Joined in the order of the upload, examples and labels might not match.
    if (other !== undefined)
      throw new FormatError(`"${other}" and "${name}" are both ${key}; upload one of them`)
    found.set(key, name)
    if (shape.length === 1)
      await appendLabels(writer, splitOf(name), { reader, format, shape, source }, labels)
    else {
      // IDX images of one channel have no channel axis.
      const whole = shape.length === 3 ? [...shape, 1] : shape
      await appendExamples(writer, splitOf(name), { reader, format, shape: whole, source })
    }
  }
  labels.settle()
}
