import { join } from 'node:path'
import { FormatError } from '#formats/format-error.ts'
import type { ClassNames } from './class-names.ts'
import { Column, type ColumnArrays, type ColumnDtype } from './column.ts'
import { Notes } from './notes.ts'

export type SplitName = 'train' | 'test'

/**
 * `x` are examples of one shape; `images` are files of images one after the other, `ends` where each ends; `y` are
 * labels: I32 classes, or F32 targets.
 */
export type ColumnName = 'x' | 'images' | 'ends' | 'y'

/** A dataset in the making: a file a column, in a folder of its own. */
export class DatasetWriter {
  readonly #folder: string
  readonly #columns = new Map<string, Promise<Column>>()
  /** Class names in the order of their labels, where the data have names. */
  names: ClassNames | undefined
  /** What the person who uploaded the files should know of how they were read. */
  readonly notes = new Notes()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Opens a column, or goes on with it. @throws FormatError when what was there before is of another shape or type */
  async column<Dtype extends ColumnDtype>(
    split: SplitName,
    name: ColumnName,
    { dtype, rowShape, source }: { dtype: Dtype; rowShape: readonly number[]; source: string },
  ): Promise<Column<Dtype>> {
    const key = `${split}.${name}`
    const opening =
      this.#columns.get(key) ?? Column.open(join(this.#folder, key), dtype, rowShape, name === 'x')
    this.#columns.set(key, opening as Promise<Column>)
    const column = await opening
    if (column.dtype !== dtype || String(column.rowShape) !== String(rowShape))
      throw new FormatError(
        `${source} has ${kindOf({ dtype, rowShape })}, what came before it ${kindOf(column)}`,
      )
    return column as Column<Dtype>
  }

  /** Classes of a few examples; negative ones are refused. */
  async appendClasses(split: SplitName, classes: Int32Array, source: string): Promise<void> {
    const column = await this.column(split, 'y', { dtype: 'I32', rowShape: [], source })
    const odd = classes.findIndex(label => label < 0)
    if (odd >= 0)
      throw new FormatError(
        `${source}, example ${column.rows + odd} (from 0): the class is ${classes[odd]}; the first is 0`,
      )
    await column.append(classes, source)
  }

  /** Targets of a few examples, `width` each. */
  async appendTargets(split: SplitName, values: Float32Array, width: number, source: string): Promise<void> {
    const column = await this.column(split, 'y', { dtype: 'F32', rowShape: [width], source })
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

  /** Lets go of everything, whatever state it is in. */
  async abandon(): Promise<void> {
    await Promise.allSettled([...this.#columns.values()].map(async opening => (await opening).abandon()))
  }

  /** Ends the writing. @returns what there is, by split and name */
  async close(): Promise<Record<SplitName, Partial<Record<ColumnName, Column>>>> {
    const splits: Record<SplitName, Partial<Record<ColumnName, Column>>> = { train: {}, test: {} }
    for (const [key, opening] of this.#columns) {
      const column = await opening
      await column.close()
      const [split, name] = key.split('.') as [SplitName, ColumnName]
      splits[split][name] = column
    }
    return splits
  }
}

function kindOf({ dtype, rowShape }: Pick<Column, 'dtype' | 'rowShape'>): string {
  return `${{ U8: 'bytes', I32: 'classes', I64: 'places', F32: 'floats' }[dtype]} of shape [${rowShape}]`
}
