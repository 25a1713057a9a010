import { elementCount } from '#domain/shape.ts'
import { FormatError } from '#formats/format-error.ts'
import type { ByteReader } from './byte-reader.ts'
import type { DatasetWriter, SplitName } from './dataset-writer.ts'
import { isInteger, itemBytes, type NumberFormat, readNumbers } from './numbers.ts'

/** An array whose first axis counts the examples, still in its file. */
export interface ArrayInFile {
  reader: ByteReader
  format: NumberFormat
  shape: readonly number[]
  /** For errors. */
  source: string
}

/** Examples: bytes stay bytes, all else becomes float32. @throws FormatError */
export async function appendExamples(
  writer: DatasetWriter,
  split: SplitName,
  { reader, format, shape, source }: ArrayInFile,
): Promise<void> {
  const size = itemBytes(format, source)
  const rowShape = shape.slice(1)
  if (rowShape.length === 0)
    throw new FormatError(`${source} has shape [${shape}]; examples need [count, ...shape of one]`)
  const before = (await writer.column(split, 'x', { dtype: dtypeOf(format), rowShape, source })).rows
  for await (const bytes of reader.rest(size)) {
    if (isBytes(format)) await writer.appendX(split, 'U8', rowShape, bytes, source)
    else await writer.appendX(split, 'F32', rowShape, readNumbers(bytes, format, Float32Array), source)
  }
  const column = await writer.column(split, 'x', { dtype: dtypeOf(format), rowShape, source })
  requireCount(column.rows - before, shape, source, column.isWhole)
}

/** Labels: integers [count] or [count, 1] are classes, all else targets. @throws FormatError */
export async function appendLabels(
  writer: DatasetWriter,
  split: SplitName,
  { reader, format, shape, source }: ArrayInFile,
  kind: 'classes' | 'targets' | undefined,
): Promise<void> {
  const size = itemBytes(format, source)
  const width = elementCount(shape.slice(1))
  if (width === 0 || shape.length === 0)
    throw new FormatError(`${source} has shape [${shape}]; labels need [count] or [count, numbers]`)
  const areClasses = kind ? kind === 'classes' && width === 1 : isInteger(format) && width === 1
  let numbers = 0
  for await (const bytes of reader.rest(size)) {
    numbers += bytes.length / size
    const values = readNumbers(bytes, format, Float32Array)
    if (!areClasses) await writer.appendTargets(split, values, width, source)
    else {
      const odd = values.findIndex(value => !Number.isInteger(value))
      if (odd >= 0) throw new FormatError(`${source}: the class ${values[odd]} is no integer`)
      await writer.appendClasses(split, readNumbers(bytes, format, Int32Array), source)
    }
  }
  requireCount(numbers / width, shape, source, numbers % width === 0)
}

function isBytes({ kind }: NumberFormat): boolean {
  return kind === 'u1' || kind === 'b1'
}

function dtypeOf(format: NumberFormat): 'U8' | 'F32' {
  return isBytes(format) ? 'U8' : 'F32'
}

function requireCount(rows: number, shape: readonly number[], source: string, isWhole: boolean): void {
  if (rows !== shape[0] || !isWhole)
    throw new FormatError(
      `${source} says [${shape}] and holds ${rows} examples${isWhole ? '' : ' and a part'}`,
    )
}
