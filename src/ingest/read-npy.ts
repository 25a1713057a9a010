import type { RequestOf } from '#domain/dataset-request.ts'
import { NPY_PREAMBLE_BYTES, npyHeaderPlace, parseNpyHeader } from '#formats/npy.ts'
import { appendExamples, appendLabels } from './append-array.ts'
import { ByteReader } from './byte-reader.ts'
import type { DatasetWriter } from './dataset-writer.ts'
import { membersOf } from './members.ts'
import type { SourceFile } from './source-file.ts'
import { placeOfArray } from './split-of.ts'

/** NumPy arrays `x_train`, `y_train`, `x_test` and `y_test`, as .npy files or in an .npz. @throws FormatError */
export async function readNpy(
  files: readonly SourceFile[],
  { labels }: RequestOf<'npz' | 'npy'>,
  writer: DatasetWriter,
): Promise<void> {
  for await (const { name, source, content } of membersOf(files)) {
    const { part, split } = placeOfArray(name, source)
    const reader = new ByteReader(content, source)
    const preamble = await reader.take(NPY_PREAMBLE_BYTES)
    const { start, length } = npyHeaderPlace(preamble, source)
    const rest = await reader.take(start + length - NPY_PREAMBLE_BYTES)
    const text = Buffer.concat([preamble.subarray(start), rest]).toString('latin1')
    const { shape, ...format } = parseNpyHeader(text, source)
    const array = { reader, format, shape, source }
    if (part === 'x') await appendExamples(writer, split, array)
    else await appendLabels(writer, split, array, labels)
  }
}
