import { type FileMetaData, parquetSchema, type SchemaTree } from 'hyparquet'

/** The kind of a column of a Parquet file; `values` are numbers, booleans and strings. */
export type ParquetKind = 'values' | 'list' | 'image' | 'other'

export interface ParquetColumn {
  name: string
  kind: ParquetKind
  /** A description of the column's content, for messages. */
  holds: string
}

/** The columns of a Parquet file, from its schema. */
export function parquetColumns(metadata: FileMetaData): ParquetColumn[] {
  return parquetSchema(metadata).children.map(column => ({ name: column.element.name, ...describe(column) }))
}

function describe({ element, children }: SchemaTree): { kind: ParquetKind; holds: string } {
  const { type, converted_type: converted, logical_type: logical, repetition_type: repetition } = element
  const named = logical?.type ?? converted ?? ''
  if (children.length > 0) return describeGroup(named, children)
  if (repetition === 'REPEATED') return { kind: 'list', holds: 'lists' }
  if (named.startsWith('TIMESTAMP') || type === 'INT96') return { kind: 'other', holds: 'timestamps' }
  if (named === 'DATE') return { kind: 'other', holds: 'dates' }
  if (named.startsWith('TIME')) return { kind: 'other', holds: 'times of day' }
  if (named === 'INTERVAL') return { kind: 'other', holds: 'intervals' }
  if (named === 'NULL') return { kind: 'other', holds: 'nothing but nulls' }
  if (['BSON', 'JSON', 'VARIANT', 'GEOMETRY', 'GEOGRAPHY'].includes(named))
    return { kind: 'other', holds: named.toLowerCase() }
  if (type === 'BYTE_ARRAY' && named === '') return { kind: 'image', holds: 'bytes' }
  const isBytes = type === 'FIXED_LEN_BYTE_ARRAY' && !['DECIMAL', 'FLOAT16', 'UUID'].includes(named)
  return isBytes ? { kind: 'other', holds: 'bytes of one length' } : { kind: 'values', holds: 'values' }
}

/** Images are `{ bytes, path }`, as Hugging Face stores them. */
function describeGroup(named: string, children: readonly SchemaTree[]): { kind: ParquetKind; holds: string } {
  if (named === 'LIST') return { kind: 'list', holds: 'lists' }
  if (named.startsWith('MAP')) return { kind: 'other', holds: 'maps' }
  const bytes = children.find(child => child.element.name === 'bytes')
  if (bytes?.element.type === 'BYTE_ARRAY') return { kind: 'image', holds: 'images' }
  return { kind: 'other', holds: 'structs' }
}

/** The columns of a data frame's index, which pandas writes but which are not data (pandas, "Developer: storing metadata"). */
export function indexColumns(metadata: FileMetaData): string[] {
  const names = metadata.schema.map(({ name }) => name).filter(name => /^__index_level_\d+__$/.test(name))
  const { index_columns: declared } = jsonValue(metadata, 'pandas') as { index_columns?: unknown }
  // A range index is an object with its start and stop, and has no column.
  const named = Array.isArray(declared) ? declared.filter(name => typeof name === 'string') : []
  return [...new Set([...named, ...names])]
}

/** The names of classes that Hugging Face's `datasets` stores for a column of numbers. */
export function classLabels(metadata: FileMetaData, column: string): string[] | undefined {
  const { info } = jsonValue(metadata, 'huggingface') as {
    info?: { features?: Record<string, { names?: unknown; _type?: unknown }> }
  }
  const feature = info?.features?.[column]
  const names = feature?._type === 'ClassLabel' ? feature.names : undefined
  const areNames = Array.isArray(names) && names.length > 0 && names.every(name => typeof name === 'string')
  return areNames && new Set(names).size === names.length ? names : undefined
}

/** A JSON object from the file's key-value metadata; empty if there is none. */
function jsonValue({ key_value_metadata: notes }: FileMetaData, key: string): object {
  try {
    const value: unknown = JSON.parse(notes?.find(note => note.key === key)?.value ?? '')
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
