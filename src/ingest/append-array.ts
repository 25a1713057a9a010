import { FormatError } from '#formats/format-error.ts'
import { elementCount } from '#network/shape.ts'
import type { ByteReader } from './byte-reader.ts'
import type { DatasetWriter, SplitName } from './dataset-writer.ts'
import { elementBytes, isText, readTexts } from './element-bytes.ts'
import type { LabelWriter } from './label-writer.ts'
import { isInteger, itemBytes, type NumberFormat, numbersName, readIntegers, readNumbers } from './numbers.ts'
import { losesDigits, lostDigits } from './numerals.ts'

/** An array in its file; its first axis counts the examples. */
export interface ArrayInFile {
  reader: ByteReader
  format: NumberFormat
  shape: readonly number[]
  /** The name of the array in errors. */
  source: string
}

/** Appends examples: bytes stay bytes, other numbers become float32. @throws FormatError */
export async function appendExamples(
  writer: DatasetWriter,
  split: SplitName,
  { reader, format, shape, source }: ArrayInFile,
): Promise<void> {
  if (isText(format)) throw new FormatError(`${source} holds strings; examples have to be numbers`)
  const size = itemBytes(format, source)
  const rowShape = shape.slice(1)
  if (rowShape.length === 0 || elementCount(rowShape) === 0)
    throw new FormatError(
      `${source} has shape [${shape}]; examples need [count, ...shape of one example], with at least one number per example`,
    )
  const dtype = format.kind === 'u1' ? 'U8' : 'F32'
  const column = await writer.column(split, 'x', { dtype, rowShape, source })
  let inexact: number | undefined
  for await (const bytes of reader.rest(size)) {
    if (dtype === 'U8') await writer.appendX(split, 'U8', rowShape, bytes, source)
    else {
      const numbers = readNumbers(bytes, format)
      inexact ??= numbers.find(losesDigits)
      await writer.appendX(split, 'F32', rowShape, new Float32Array(numbers), source)
    }
  }
  requireCount(column.rows, shape, source, column.isWhole)
  if (inexact !== undefined) writer.notes.add(lostDigits(source, inexact))
  if (dtype === 'F32' && split === 'train' && column.rows > 0)
    writer.notes.add(describeRange(format, column.moments!.range))
}

function describeRange(format: NumberFormat, [least, most]: readonly [number, number]): string {
  if (format.kind === 'b1') return 'The examples are booleans, read as 0 and 1.'
  const name = numbersName(format)
  return `The examples are ${name} from ${least} to ${most}, stored as float32 and used without scaling: only uint8 is scaled to [0, 1].`
}

/** Appends labels: integers, booleans and strings [count] or [count, 1] are classes, others are targets. @throws FormatError */
export async function appendLabels(
  writer: DatasetWriter,
  split: SplitName,
  array: ArrayInFile,
  labels: LabelWriter,
): Promise<void> {
  const { reader, format, shape, source } = array
  const width = elementCount(shape.slice(1))
  if (width === 0 || shape.length === 0)
    throw new FormatError(`${source} has shape [${shape}]; labels need [count] or [count, numbers]`)
  if (width > 1 && isText(format))
    throw new FormatError(`${source} has ${width} strings per example; a label is one string`)
  const size = elementBytes(format, source)
  const isFloat = !isText(format) && !isInteger(format)
  const areTargets = width > 1 || (isFloat && !labels.areClasses)
  let count = 0
  let inexact: number | undefined
  for await (const bytes of reader.rest(size)) {
    if (areTargets) {
      const numbers = readNumbers(bytes, format)
      inexact ??= numbers.find(losesDigits)
      await writer.appendTargets(split, new Float32Array(numbers), width, source)
    } else {
      const before = count
      const place = (index: number) => `${source}, example ${before + index} (from 0)`
      await labels.append(split, textsOf(bytes, format, source), place, source)
    }
    count += bytes.length / size
  }
  requireCount(Math.floor(count / width), shape, source, count % width === 0)
  if (inexact !== undefined) writer.notes.add(lostDigits(source, inexact))
}

function textsOf(bytes: Uint8Array, format: NumberFormat, source: string): string[] {
  if (isText(format)) return readTexts(bytes, format, source)
  if (format.kind === 'b1') return Array.from(bytes, value => String(value !== 0))
  if (isInteger(format)) return readIntegers(bytes, format)
  return Array.from(readNumbers(bytes, format), value => {
    if (!Number.isInteger(value))
      throw new FormatError(
        `${source}: the class ${value} is not an integer; leave \`labels\` out for targets`,
      )
    return String(value)
  })
}

function requireCount(rows: number, shape: readonly number[], source: string, isWhole: boolean): void {
  if (rows !== shape[0] || !isWhole)
    throw new FormatError(
      `${source} declares the shape [${shape}], but contains ${rows} examples${isWhole ? '' : ' and a part of one'}`,
    )
}
