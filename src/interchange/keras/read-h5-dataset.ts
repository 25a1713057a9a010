import { Dataset, type ExternalLink, Module as library } from 'h5wasm'
import { BROKE_LIBRARY, blameFile } from '#formats/blame-file.ts'
import { FormatError } from '#formats/format-error.ts'
import type { FoundTensor } from '#interchange/found-tensors.ts'
import { widen } from '#interchange/widen.ts'

/** A dataset's numbers as float32, for any precision in which a model was saved. @throws FormatError */
export function readH5Dataset(dataset: Dataset | ExternalLink, source: string): FoundTensor {
  if (!(dataset instanceof Dataset) || dataset.metadata.virtual_sources)
    throw new FormatError(`${source} is stored in another file`)
  if (!dataset.shape) throw new FormatError(`${source} is empty: it contains no numbers`)
  const { shape } = dataset
  const { size, littleEndian } = dataset.metadata
  if (!isOfFloats(dataset))
    throw new FormatError(`${source} does not contain float16, bfloat16, float32 or float64`)
  if (size === 2) {
    const dtype = isBfloat16(dataset) ? 'BF16' : 'F16'
    const data = halvesOf(readBytes(dataset, source), dtype === 'BF16' || littleEndian)
    return { shape, data: widen({ name: source, shape, dtype, data }), source }
  }
  const value = orDamaged(source, () => dataset.value) as Float32Array | Float64Array
  return { shape, data: Float32Array.from(value), source }
}

/** Whether a dataset holds numbers of a supported precision. */
export function isOfFloats(dataset: unknown): dataset is Dataset {
  if (!(dataset instanceof Dataset)) return false
  const { type, size } = dataset.metadata
  const isFloat = type === library.H5T_class_t.H5T_FLOAT.value && [2, 4, 8].includes(size)
  return isFloat || isBfloat16(dataset)
}

/** HDF5 has no bfloat16: Keras stores two untyped bytes, and an attribute that names the type. */
function isBfloat16({ metadata, attrs }: Dataset): boolean {
  return metadata.size === 2 && textOf(attrs.dtype?.value) === 'bfloat16'
}

/** The bytes of the numbers as integers, because the library has no array type for half precision. */
function readBytes(dataset: Dataset, source: string): Uint8Array {
  const { file_id: file, path, metadata } = dataset
  const sizeBytes = metadata.size * metadata.total_size
  const place = library._malloc(sizeBytes)
  try {
    orDamaged(source, () => library.get_dataset_data(file, path, null, null, null, BigInt(place)))
    return library.HEAPU8.slice(place, place + sizeBytes)
  } finally {
    library._free(place)
  }
}

function halvesOf(bytes: Uint8Array, isLittleEndian: boolean): Uint16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Uint16Array.from({ length: bytes.length / 2 }, (_, index) =>
    view.getUint16(2 * index, isLittleEndian),
  )
}

function orDamaged<Value>(source: string, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    throw blameFile(
      error,
      `${source} cannot be read: it is damaged, or is stored in another file`,
      BROKE_LIBRARY,
    )
  }
}

/** An attribute's text; undefined if it is not text. */
export function textOf(value: unknown): string | undefined {
  if (value instanceof Uint8Array) return new TextDecoder().decode(value)
  return typeof value === 'string' ? value : undefined
}
