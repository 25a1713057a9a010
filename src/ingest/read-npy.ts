import { FormatError } from '#formats/format-error.ts'
import { NPY_PREAMBLE_BYTES, npyHeaderPlace, parseNpyHeader } from '#formats/npy.ts'
import { appendExamples, appendLabels } from './append-array.ts'
import { type ArrayPlace, placeOfArray } from './array-place.ts'
import { ByteReader } from './byte-reader.ts'
import type { RequestOf } from './dataset-request.ts'
import type { DatasetWriter } from './dataset-writer.ts'
import { inRowOrder } from './fortran-order.ts'
import { LabelWriter } from './label-writer.ts'
import { listed } from './listed.ts'
import { type Member, membersOf } from './members.ts'
import type { SourceFile } from './source-file.ts'

const NEEDED = 'x_train and y_train, and for a test split x_test and y_test'

/** Reads NumPy arrays `x_train`, `y_train`, `x_test` and `y_test`, as .npy files or in an .npz. @throws FormatError */
export async function readNpy(
  files: readonly SourceFile[],
  { labels: kind, classes }: RequestOf<'npz' | 'npy'>,
  writer: DatasetWriter,
): Promise<void> {
  const labels = new LabelWriter(writer, kind, classes)
  const found = new Map<string, string>()
  const unknown: string[] = []
  for await (const member of membersOf(files)) {
    const place = placeOfArray(member.name)
    if (!place) {
      unknown.push(member.name)
      // In a tar, a member must be read to reach the next one.
      for await (const _ of member.content);
      continue
    }
    const key = `${place.part}_${place.split}`
    const other = found.get(key)
    if (other !== undefined)
      throw new FormatError(
        `"${other}" and "${member.name}" both have a name for ${key}; leave one out, or concatenate them`,
      )
    found.set(key, member.name)
    await readArray(member, place, writer, labels)
  }
  if (!found.has('x_train') || !found.has('y_train'))
    throw new FormatError(
      `the arrays are ${listed([...found.values(), ...unknown]) || 'none'}; required are ${NEEDED}`,
    )
  for (const name of unknown)
    writer.notes.add(`Left out the array ${listed([name])}: it is not one of ${NEEDED}.`)
  labels.settle()
}

async function readArray(
  { source, content }: Member,
  { part, split }: ArrayPlace,
  writer: DatasetWriter,
  labels: LabelWriter,
): Promise<void> {
  const reader = new ByteReader(content, source)
  const preamble = await reader.take(NPY_PREAMBLE_BYTES)
  const { start, length } = npyHeaderPlace(preamble, source)
  const rest = await reader.take(start + length - NPY_PREAMBLE_BYTES)
  const text = Buffer.concat([preamble.subarray(start), rest]).toString('latin1')
  const { shape, isFortran, ...format } = parseNpyHeader(text, source)
  const array = { reader, format, shape, source }
  const ordered = isFortran ? await inRowOrder(array, writer.scratchPath) : array
  if (part === 'x') await appendExamples(writer, split, ordered)
  else await appendLabels(writer, split, ordered, labels)
}
