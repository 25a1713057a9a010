import type { RequestOf } from './dataset-request.ts'
import type { DatasetWriter } from './dataset-writer.ts'
import { ImageWriter } from './image-writer.ts'
import { listed } from './listed.ts'
import { classLabels, indexColumns, parquetColumns } from './parquet-columns.ts'
import { type ParquetFile, withParquet } from './parquet-file.ts'
import { ParquetImages } from './parquet-images.ts'
import { ParquetTable } from './parquet-table.ts'
import type { SourceFile } from './source-file.ts'
import { splitOf } from './split-of.ts'
import { trainingFirst } from './training-first.ts'

/**
 * Reads Parquet files: one label column or several target columns, and features that are numbers or lists of numbers; or one column
 * of image files, as Hugging Face stores them. @throws FormatError that names row and column
 */
export async function readParquet(
  files: readonly SourceFile[],
  given: RequestOf<'parquet'>,
  writer: DatasetWriter,
): Promise<ImageWriter | undefined> {
  let request = given
  let table: ParquetTable | ParquetImages | undefined
  const images = new ImageWriter(writer, given.channels)
  for (const file of trainingFirst(files)) {
    await withParquet(file, async opened => {
      const labels = [given.label].flat()
      const columns = presentColumns(opened, labels, writer)
      if (!table) {
        request = withClasses(given, opened)
        const hasImages = columns.some(({ name, kind }) => kind === 'image' && !labels.includes(name))
        table = hasImages ? new ParquetImages(request, writer, images) : new ParquetTable(request, writer)
      }
      await table.append(opened, columns, { split: splitOf(file.name), source: file.name })
    })
  }
  await table?.close()
  return table instanceof ParquetImages ? images : undefined
}

/** All columns except the index that pandas wrote. */
function presentColumns({ metadata }: ParquetFile, labels: readonly string[], { notes }: DatasetWriter) {
  const index = indexColumns(metadata).filter(name => !labels.includes(name))
  const columns = parquetColumns(metadata)
  const left = columns.filter(({ name }) => index.includes(name)).map(({ name }) => name)
  for (const name of left)
    notes.add(
      `Left out ${listed([name])}, the index that pandas wrote. If it is a feature, write the file after \`reset_index()\`.`,
    )
  return columns.filter(({ name }) => !left.includes(name))
}

/** Takes the names of the classes from the file if the request does not give them. */
function withClasses(request: RequestOf<'parquet'>, { metadata }: ParquetFile): RequestOf<'parquet'> {
  const [label, second] = [request.label].flat()
  if (request.classes || request.labels === 'targets' || second !== undefined) return request
  const classes = classLabels(metadata, label!)
  return classes ? { ...request, classes } : request
}
