import { decodeCifar } from '#formats/cifar.ts'
import { FormatError } from '#formats/format-error.ts'
import { ByteReader } from './byte-reader.ts'
import { ClassNames, numeralsTo } from './class-names.ts'
import type { RequestOf } from './dataset-request.ts'
import type { DatasetWriter } from './dataset-writer.ts'
import { type Member, membersOf } from './members.ts'
import type { SourceFile } from './source-file.ts'
import { splitOf } from './split-of.ts'

const SHAPE = [32, 32, 3]
/** A multiple of the record sizes of CIFAR-10 and CIFAR-100. */
const PIECE_BYTES = 3073 * 3074
const PICKLE = 0x80

/** Reads the .bin files of the binary versions of CIFAR-10 and CIFAR-100, or the archive that contains them. @throws FormatError */
export async function readCifar(
  files: readonly SourceFile[],
  { classes }: RequestOf<'cifar'>,
  writer: DatasetWriter,
): Promise<void> {
  let found = 0
  for await (const member of membersOf(files)) {
    const count = await readMember(member, writer)
    if (count !== 0 && found !== 0 && count !== found)
      throw new FormatError(
        `${member.source} belongs to CIFAR-${count}, but a file before it belongs to CIFAR-${found}`,
      )
    found ||= count
  }
  if (!found) throw new FormatError('there is no .bin file: upload the binary version of CIFAR')
  if (classes && classes.length !== found)
    throw new FormatError(`\`classes\` has ${classes.length} names, but CIFAR-${found} has ${found} classes`)
  // The format determines the number of classes, even if some have no examples.
  writer.names = new ClassNames(classes ?? numeralsTo(found - 1))
}

/** @returns the number of classes; 0 for a file without examples */
async function readMember({ name, source, content }: Member, writer: DatasetWriter): Promise<number> {
  const reader = new ByteReader(content, source)
  const isPickle = /(data_batch_\d|test_batch|\/train|\/test|\/meta|batches\.meta)$/.test(`/${name}`)
  if (isPickle && (await reader.takeUpTo(1))[0] === PICKLE)
    throw new FormatError(
      `${source} belongs to the Python version, which is a pickle; upload the binary version`,
    )
  if (!name.endsWith('.bin')) return 0
  // The names distinguish the two formats. So would their lengths, but the length of a stream is known only at its end.
  const classes = /(^|\/)(train|test)\.bin$/.test(name) ? 100 : 10
  for await (const bytes of wholePieces(reader)) {
    const { pixels, labels } = decodeCifar(bytes, classes)
    await writer.appendX(splitOf(name), 'U8', SHAPE, pixels, source)
    await writer.appendClasses(splitOf(name), Int32Array.from(labels), source)
  }
  return classes
}

async function* wholePieces(reader: ByteReader): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const piece = await reader.takeUpTo(PIECE_BYTES)
    if (piece.length > 0) yield piece
    if (piece.length < PIECE_BYTES) return
  }
}
