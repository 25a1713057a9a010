import protobuf from 'protobufjs'
import { blameFile } from '#formats/blame-file.ts'
import { crc32c } from '#formats/crc32c.ts'
import { FormatError } from '#formats/format-error.ts'
import { ByteReader } from './byte-reader.ts'
import { ClassNames } from './class-names.ts'
import type { RequestOf } from './dataset-request.ts'
import type { DatasetWriter } from './dataset-writer.ts'
import { ImageWriter } from './image-writer.ts'
import { membersOf } from './members.ts'
import type { SourceFile } from './source-file.ts'
import { splitOf } from './split-of.ts'

/** The fields of TensorFlow's messages that are read here (tensorflow/core/example/feature.proto). */
const { root } = protobuf.parse(
  `
  syntax = "proto3";
  message Example { Features features = 1; }
  message Features { map<string, Feature> feature = 1; }
  message Feature { oneof kind { BytesList bytes_list = 1; FloatList float_list = 2; Int64List int64_list = 3; } }
  message BytesList { repeated bytes value = 1; }
  message FloatList { repeated float value = 1; }
  message Int64List { repeated int64 value = 1; }
  `,
  { keepCase: true },
)
const Example = root.lookupType('Example')

interface Feature {
  bytes_list?: { value: Uint8Array[] }
  int64_list?: { value: (number | protobuf.Long)[] }
}

const LENGTH_BYTES = 8
const CHECKSUM_BYTES = 4
const MOST_RECORD_BYTES = 256 * 1024 * 1024

/** Reads TFRecord files of Example messages with an image file and a label. @throws FormatError that names the record */
export async function readTfrecord(
  files: readonly SourceFile[],
  request: RequestOf<'tfrecord'>,
  writer: DatasetWriter,
): Promise<ImageWriter> {
  writer.names = new ClassNames(request.classes)
  const images = new ImageWriter(writer, request.channels)
  for await (const { name, source, content } of membersOf(files)) {
    for await (const { message, where } of recordsOf(new ByteReader(content, source), source)) {
      const { bytes, label } = exampleOf(message, request, where)
      const number = classNumber(label, request, writer.names, where)
      await images.append({ split: splitOf(name), bytes, label: number, source: where })
    }
  }
  await images.flush()
  return images
}

/** The length and the content of each record are followed by a masked CRC-32C (TensorFlow, "TFRecords format details"). */
async function* recordsOf(reader: ByteReader, source: string) {
  for (let record = 0; ; record++) {
    const where = `${source}, record ${record} (from 0)`
    const head = await reader.takeUpTo(LENGTH_BYTES)
    if (head.length === 0) return
    const length = Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0, true))
    await requireChecksum(reader, head, where)
    if (length > MOST_RECORD_BYTES)
      throw new FormatError(`${where} has ${length} bytes; the limit is ${MOST_RECORD_BYTES}`)
    const message = await reader.take(length)
    await requireChecksum(reader, message, where)
    yield { message, where }
  }
}

async function requireChecksum(reader: ByteReader, bytes: Uint8Array, where: string): Promise<void> {
  const stored = await reader.take(CHECKSUM_BYTES)
  const crc = crc32c(bytes)
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
  if (new DataView(stored.buffer, stored.byteOffset).getUint32(0, true) !== masked)
    throw new FormatError(`${where} is damaged, or the file is not a TFRecord: a checksum does not match`)
}

function exampleOf(
  message: Uint8Array,
  { image, label }: RequestOf<'tfrecord'>,
  where: string,
): { bytes: Uint8Array; label: number | string } {
  const { features } = decodeExample(message, where)
  const feature = features?.feature ?? {}
  const bytes = feature[image]?.bytes_list?.value[0]
  const labels = feature[label]
  const given = labels?.int64_list?.value[0] ?? labels?.bytes_list?.value[0]
  if (bytes && given !== undefined)
    return { bytes, label: given instanceof Uint8Array ? Buffer.from(given).toString() : Number(given) }
  const missing = bytes ? label : image
  throw new FormatError(`${where} has no feature "${missing}"; it has: ${Object.keys(feature).join(', ')}`)
}

function decodeExample(message: Uint8Array, where: string) {
  try {
    return Example.decode(message) as unknown as { features?: { feature: Record<string, Feature> } }
  } catch (error) {
    throw blameFile(error, `${where} is not a tf.train.Example`)
  }
}

function classNumber(
  label: number | string,
  { firstLabel }: RequestOf<'tfrecord'>,
  names: ClassNames,
  where: string,
): number {
  if (typeof label === 'string') return names.numberOf(label, where)
  if (label < firstLabel) throw new FormatError(`${where} has the label ${label}; the first is ${firstLabel}`)
  return names.numberOf(String(label - firstLabel), where)
}
