import { type DatasetFacts, MOST_COLUMN_NAMES } from '#domain/dataset.ts'
import { FormatError } from '#formats/format-error.ts'
import type { TableNames } from './dataset-writer.ts'
import { listed } from './listed.ts'
import type { Notes } from './notes.ts'

const MOST_CHARACTERS = 100_000

/** The positions of a table's columns in one file. */
export interface Layout {
  features: readonly number[]
  labels: readonly number[]
  /** Columns without a name, which have to be empty or an index. */
  unnamed: readonly number[]
}

/** The columns of a table. The first file determines them; in the other files they are found by name, in any order. */
export class TableColumns implements TableNames {
  readonly #wanted: readonly (string | number)[]
  columns: readonly string[] = []
  labelColumns: readonly string[] = []
  #source: string | undefined

  /** @param label columns by name or by index from 0 */
  constructor(label: string | number | readonly (string | number)[]) {
    this.#wanted = [label].flat()
  }

  /** @param names of all columns of a file, in order. @throws FormatError that names missing and additional columns */
  place(names: readonly string[], source: string): Layout {
    requireDistinct(names, source)
    const unnamed = [...names.keys()].filter(index => isUnnamed(names[index]!))
    if (this.#source === undefined) this.#establish(names, source)
    const places = new Map(names.map((name, index) => [name, index]))
    const missing = [...this.columns, ...this.labelColumns].filter(name => !places.has(name))
    const features = this.columns.map(name => places.get(name)!)
    const labels = this.labelColumns.map(name => places.get(name)!)
    const known = new Set([...features, ...labels])
    const extra = names.filter((name, index) => !known.has(index) && !isUnnamed(name))
    if (missing.length > 0 || extra.length > 0) throw this.#mismatch(missing, extra, source)
    return { features, labels, unnamed: unnamed.filter(index => !known.has(index)) }
  }

  #establish(names: readonly string[], source: string): void {
    const labels = this.#wanted.map(wanted => {
      const name = typeof wanted === 'number' ? names[wanted] : names.find(name => name === wanted.trim())
      if (name === undefined)
        throw new FormatError(`${source} has no column "${wanted}"; the columns are: ${listed(names, '')}`)
      return name
    })
    const twice = labels.find((name, index) => labels.indexOf(name) !== index)
    if (twice !== undefined) throw new FormatError(`\`label\` names the column "${twice}" twice`)
    const features = names.filter(name => !labels.includes(name) && !isUnnamed(name))
    if (features.length === 0) throw new FormatError(`${source} has no column besides the label`)
    this.columns = features
    this.labelColumns = labels
    this.#source = source
  }

  #mismatch(missing: readonly string[], extra: readonly string[], source: string): FormatError {
    const parts = [
      ...(missing.length > 0 ? [`it lacks ${listed(missing)}`] : []),
      ...(extra.length > 0 ? [`it also has ${listed(extra)}`] : []),
    ]
    return new FormatError(
      `${source} has other columns than ${this.#source}: ${parts.join(', and ')}. All files of a table need the same columns, in any order.`,
    )
  }
}

/** Whether a name is empty, or pandas' name for a column without one. */
function isUnnamed(name: string): boolean {
  return name === '' || /^Unnamed: \d+(\.\d+)*$/.test(name)
}

function requireDistinct(names: readonly string[], source: string): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name) && !isUnnamed(name))
      throw new FormatError(`${source} has two columns called ${listed([name])}; rename or remove one`)
    seen.add(name)
  }
}

/** The column names for the dataset's facts. Too many names are left out, with a note. */
export function tableFacts(
  { columns, labelColumns }: TableNames,
  notes: Notes,
): Pick<DatasetFacts, 'columns' | 'labelColumns'> {
  const length = (names: readonly string[]) => names.reduce((sum, name) => sum + name.length, 0)
  if (labelColumns.length > MOST_COLUMN_NAMES || length(labelColumns) > MOST_CHARACTERS) return {}
  const all = { columns: [...columns], labelColumns: [...labelColumns] }
  if (columns.length <= MOST_COLUMN_NAMES && length(columns) <= MOST_CHARACTERS) return all
  notes.add(`The names of the ${columns.length} feature columns are too many to store.`)
  return { labelColumns: all.labelColumns }
}
