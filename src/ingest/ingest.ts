import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { DatasetFacts } from '#domain/dataset.ts'
import { FormatError } from '#formats/format-error.ts'
import { encodeHeader, layOut } from '#formats/safetensors-header.ts'
import type { DatasetRequest, FolderRequest } from './dataset-request.ts'
import { type Columns, DatasetWriter, type SplitName } from './dataset-writer.ts'
import { describeConstants } from './describe-constants.ts'
import type { ImageWriter } from './image-writer.ts'
import { indexFolder } from './index-folder.ts'
import { readCifar } from './read-cifar.ts'
import { readCsv } from './read-csv.ts'
import { readIdx } from './read-idx.ts'
import { readImageFolder } from './read-image-folder.ts'
import { readNpy } from './read-npy.ts'
import { readParquet } from './read-parquet.ts'
import { readTfrecord } from './read-tfrecord.ts'
import { settleLabels } from './settle-labels.ts'
import type { SourceFile } from './source-file.ts'
import { tableFacts } from './table-columns.ts'

const SPLITS: readonly SplitName[] = ['train', 'test']

/**
 * Converts the files of an upload to a dataset: one safetensors file with `train/x`, `train/y`, `test/x` and `test/y`, or with
 * `train/images` and `train/ends` in place of `x` if images are kept as files.
 * @param folder for the dataset and temporary files
 * @throws FormatError that describes the mistake and its place
 */
export async function ingest(
  request: DatasetRequest | FolderRequest,
  files: readonly SourceFile[],
  folder: string,
): Promise<{ path: string; facts: DatasetFacts }> {
  const writer = new DatasetWriter(folder)
  const images = await read(request, files, writer).catch(async error => {
    await writer.abandon()
    throw error
  })
  const columns = await writer.close()
  const shape = settleShape(request, columns, images)
  requireWhole(columns)
  const labels = await settleLabels(columns, writer, {
    kind: 'labels' in request ? request.labels : undefined,
    classes: request.classes,
  })
  const { x } = columns.train
  const normalization = x?.moments?.normalization
  if (x?.moments && !writer.table) describeConstants(x.moments, writer.notes)
  const names = writer.table && tableFacts(writer.table, writer.notes)
  const notes = writer.notes.sentences
  const path = join(folder, 'dataset.safetensors')
  await assemble(columns, path)
  const facts: DatasetFacts = {
    dtype: x?.dtype === 'F32' ? 'float32' : 'uint8',
    inputShape: [...(shape ?? x!.rowShape)],
    classes: [...labels.classes],
    splits: { train: columns.train.y!.rows, test: columns.test.y?.rows ?? 0 },
    ...(labels.targets > 0 && { targets: labels.targets }),
    ...(!x && ('folder' in request ? { folder: request.folder } : { images: 'files' as const })),
    ...(normalization && { statistics: normalization }),
    ...names,
    ...(notes.length > 0 && { notes }),
  }
  return { path, facts }
}

async function read(
  request: DatasetRequest | FolderRequest,
  files: readonly SourceFile[],
  writer: DatasetWriter,
): Promise<ImageWriter | undefined> {
  if ('folder' in request) {
    await indexFolder(files[0]!.path, request, writer)
    return undefined
  }
  switch (request.format) {
    case 'npz':
    case 'npy':
      await readNpy(files, request, writer)
      return undefined
    case 'idx':
      await readIdx(files, request, writer)
      return undefined
    case 'csv':
      await readCsv(files, request, writer)
      return undefined
    case 'cifar':
      await readCifar(files, request, writer)
      return undefined
    case 'parquet':
      return await readParquet(files, request, writer)
    case 'imageFolder':
      return await readImageFolder(files, request, writer)
    case 'tfrecord':
      return await readTfrecord(files, request, writer)
  }
}

function settleShape(
  request: DatasetRequest | FolderRequest,
  columns: Record<SplitName, Columns>,
  images: ImageWriter | undefined,
): number[] | undefined {
  if ('folder' in request) return [...request.size, request.channels]
  return images && settleImages(columns, images, 'size' in request ? request.size : undefined)
}

/** Keeps images of one size as pixels, others as files, and drops the other columns. @returns the shape of an example */
function settleImages(
  columns: Record<SplitName, Columns>,
  { difference, channels }: ImageWriter,
  size: readonly number[] | undefined,
): number[] {
  const own = columns.train.x?.rowShape ?? []
  const isKept = !difference && (!size || (size[0] === own[0] && size[1] === own[1]))
  if (!isKept && !size)
    throw new FormatError(`${difference}; set \`size\` to the height and width of the model input`)
  for (const split of SPLITS) {
    for (const name of isKept ? (['images', 'ends'] as const) : (['x'] as const)) delete columns[split][name]
  }
  return isKept ? [...own] : [...size!, channels]
}

/** @throws FormatError unless each split has one label per example, all examples have one shape, and there are training examples */
function requireWhole(columns: Record<SplitName, Columns>): void {
  for (const split of SPLITS) {
    const { x, ends, y } = columns[split]
    const examples = (x ?? ends)?.rows ?? 0
    const labels = y?.rows ?? 0
    if (examples !== labels)
      throw new FormatError(`the ${split} split has ${examples} examples and ${labels} labels`)
  }
  const { train, test } = columns
  if (!train.y || train.y.rows === 0) throw new FormatError('there are no training examples')
  if (!test.y || test.y.rows === 0) columns.test = {}
  if (
    train.x &&
    test.x &&
    test.x.rows > 0 &&
    (train.x.dtype !== test.x.dtype || String(train.x.rowShape) !== String(test.x.rowShape))
  )
    throw new FormatError(
      `the training and test examples differ: ${train.x.dtype} [${train.x.rowShape}] and ${test.x.dtype} [${test.x.rowShape}]`,
    )
}

async function assemble(columns: Record<SplitName, Columns>, path: string): Promise<void> {
  const parts = SPLITS.flatMap(split =>
    Object.entries(columns[split]).map(([name, { dtype, rows, rowShape, path: part }]) => ({
      name: `${split}/${name}`,
      dtype,
      shape: [rows, ...rowShape],
      part,
    })),
  )
  const entries = layOut(parts)
  const ordered = entries.map(({ name }) => parts.find(part => part.name === name)!.part)
  await pipeline(async function* () {
    yield encodeHeader(entries, { format: 'thresher-dataset-1' })
    for (const part of ordered) yield* createReadStream(part)
  }, createWriteStream(path))
}
