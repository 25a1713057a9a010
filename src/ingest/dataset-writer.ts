import { join } from 'node:path'
import { FormatError } from '#formats/format-error.ts'
import type { ClassNames } from './class-names.ts'
import { Column, type ColumnArrays, type ColumnDtype } from './column.ts'
import { Notes } from './notes.ts'

export type SplitName = 'train' | 'test'

/**
 * `x` contains examples of one shape; `images` contains image files one after another, and `ends` the end of each. Labels are I32 `classes`
 * or F32 `targets`; both are written until it is known which.
 */
type PartName = 'x' | 'images' | 'ends' | 'classes' | 'targets'
/** The columns of the finished dataset; `y` contains the labels. */
export type ColumnName = 'x' | 'images' | 'ends' | 'y'
export type Columns = Partial<Record<ColumnName, Column>>

/** The column names of a table, in the order of the numbers. */
export interface TableNames {
  columns: readonly string[]
  labelColumns: readonly string[]
}

/** Writes a dataset, one file per column, to its own folder. */
export class DatasetWriter {
  readonly #folder: string
  readonly #columns = new Map<string, Promise<Column>>()
  /** The names of the classes, if the labels may be classes. */
  names: ClassNames | undefined
  /** How the files were read, for the person who uploaded them. */
  readonly notes = new Notes()
  table: TableNames | undefined
  #labels: 'classes' | 'targets' | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Opens a column, or returns the open one. @throws FormatError when it has another shape or type */
  async column<Dtype extends ColumnDtype>(
    split: SplitName,
    name: PartName,
    { dtype, rowShape, source }: { dtype: Dtype; rowShape: readonly number[]; source: string },
  ): Promise<Column<Dtype>> {
    const key = `${split}.${name}`
    const opening =
      this.#columns.get(key) ?? Column.open(join(this.#folder, key), dtype, rowShape, name === 'x')
    this.#columns.set(key, opening as Promise<Column>)
    const column = await opening
    if (column.dtype !== dtype || String(column.rowShape) !== String(rowShape))
      throw new FormatError(
        `${source} has ${kindOf({ dtype, rowShape })}, but the data before it has ${kindOf(column)}`,
      )
    return column as Column<Dtype>
  }

  /** Appends the classes of some examples, by their numbers in `names`. */
  async appendClasses(split: SplitName, classes: Int32Array, source: string): Promise<void> {
    const column = await this.column(split, 'classes', { dtype: 'I32', rowShape: [], source })
    await column.append(classes, source)
  }

  /** Appends the targets of some examples, `width` each. */
  async appendTargets(split: SplitName, values: Float32Array, width: number, source: string): Promise<void> {
    const column = await this.column(split, 'targets', { dtype: 'F32', rowShape: [width], source })
    await column.append(values, source)
  }

  async appendX<Dtype extends 'U8' | 'F32'>(
    split: SplitName,
    dtype: Dtype,
    shape: readonly number[],
    values: ColumnArrays[Dtype],
    source: string,
  ): Promise<void> {
    const column = await this.column(split, 'x', { dtype, rowShape: shape, source })
    await column.append(values, source)
  }

  /** Closes every file, in any state. */
  async abandon(): Promise<void> {
    await Promise.allSettled([...this.#columns.values()].map(async opening => (await opening).abandon()))
  }

  /** The path of a temporary file. */
  get scratchPath(): string {
    return join(this.#folder, 'scratch')
  }

  /** Decides what the labels are if they were written as both. */
  keepLabels(kind: 'classes' | 'targets'): void {
    this.#labels = kind
  }

  /** Closes the files. @returns the columns, by split and name */
  async close(): Promise<Record<SplitName, Columns>> {
    const splits: Record<SplitName, Columns> = { train: {}, test: {} }
    for (const [key, opening] of this.#columns) {
      const column = await opening
      await column.close()
      const [split, name] = key.split('.') as [SplitName, PartName]
      const columns = splits[split]
      if (name !== 'classes' && name !== 'targets') columns[name] = column
      else if (!columns.y || name === this.#labels) columns.y = column
    }
    return splits
  }
}

function kindOf({ dtype, rowShape }: Pick<Column, 'dtype' | 'rowShape'>): string {
  return `${{ U8: 'bytes', I32: 'classes', I64: 'offsets', F32: 'floats' }[dtype]} of shape [${rowShape}]`
}
