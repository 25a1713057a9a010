import { FormatError } from '#formats/format-error.ts'
import type { NamedTensor } from '#formats/named-tensor.ts'
import type { Places } from './encoding.ts'
import { ENCODINGS, type EncodingName } from './plan.ts'
import { bytesPerValue, fromBits, type SparseTensor, toBits } from './values.ts'

/** All values of a file, in the order of its map: byte k of every value in row k, least significant first. */
const PLANES = 'sparse.planes'

type Encodings = readonly (readonly [name: string, tensor: { encoding: EncodingName }])[]

/**
 * The stored tensors of a sparse file with one tensor of planes in place of all values, which compresses better because similar bytes are
 * adjacent. @throws FormatError if values have different dtypes, or are int8
 */
export function mergeValues(stored: readonly NamedTensor[], map: Encodings): NamedTensor[] {
  const names = new Set(map.map(([name]) => `${name}.values`))
  const values = map.map(([name]) => stored.find(tensor => tensor.name === `${name}.values`)! as SparseTensor)
  const dtype = values[0]?.dtype ?? 'F32'
  if (dtype === 'I8' || values.some(tensor => tensor.dtype !== dtype))
    throw new FormatError('planes need values of one dtype, F32 or BF16')
  const rows = bytesPerValue(dtype)
  const count = values.reduce((sum, { data }) => sum + data.length, 0)
  const data = new Uint8Array(rows * count)
  let column = 0
  for (const tensor of values) {
    const bits = toBits(tensor)
    for (let row = 0; row < rows; row++) {
      const shift = 8 * (row + 4 - rows)
      const plane = data.subarray(row * count + column, row * count + column + bits.length)
      for (let i = 0; i < plane.length; i++) plane[i] = bits[i]! >>> shift
    }
    column += bits.length
  }
  const planes: NamedTensor = { name: PLANES, dtype: 'U8', shape: [rows, count], data }
  return [...stored.filter(({ name }) => !names.has(name)), planes]
}

/** The inverse; a file without planes is unchanged. @throws FormatError */
export function splitPlanes(stored: readonly NamedTensor[], map: Encodings): NamedTensor[] {
  const planes = stored.find(({ name }) => name === PLANES)
  if (!planes) return [...stored]
  const [rows, count] = planes.shape
  if (planes.dtype !== 'U8' || planes.shape.length !== 2 || (rows !== 2 && rows !== 4))
    throw new FormatError(`"${PLANES}" must be U8 of shape [4, n] or [2, n]`)
  const dtype = rows === 4 ? 'F32' : 'BF16'
  let column = 0
  const values = map.map(([name, { encoding }]) => {
    const places = stored.find(tensor => tensor.name === `${name}.${encoding}`)
    const length = places ? ENCODINGS[encoding].countValues(places.data as Places) : 0
    if (column + length > count!) throw new FormatError(`"${PLANES}" has too few values`)
    const bits = new Uint32Array(length)
    for (let row = 0; row < rows; row++) {
      const shift = 8 * (row + 4 - rows)
      const plane = planes.data.subarray(row * count! + column, row * count! + column + length)
      for (let i = 0; i < length; i++) bits[i]! |= plane[i]! << shift
    }
    column += length
    return { name: `${name}.values`, dtype, shape: [length], data: fromBits(dtype, bits) } as NamedTensor
  })
  if (column !== count) throw new FormatError(`"${PLANES}" has ${count} values for ${column} indices`)
  return [...stored.filter(tensor => tensor !== planes), ...values]
}
