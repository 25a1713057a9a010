import { ModelError } from '../model-error.ts'
import type { Encoding } from './encodings.ts'
import type { StoredTensor } from './safetensors.ts'

interface Indexed {
  name: string
  encoding: Encoding
  places: Uint8Array
}

/** The dtype of values by the bytes of each. */
const DTYPES: readonly (string | undefined)[] = [undefined, undefined, 'BF16', undefined, 'F32']

/**
 * The values of sparse tensors from planes [bytes of a value, values]: row r has byte r of every value, the least significant first, in the
 * order of the tensors. @throws ModelError
 */
export function takePlanes<Tensor extends Indexed>(
  planes: StoredTensor,
  tensors: readonly Tensor[],
): (tensor: Tensor) => StoredTensor {
  const [rows = 0, count = 0] = planes.shape
  const dtype = DTYPES[rows]
  if (planes.dtype !== 'U8' || planes.shape.length !== 2 || !dtype)
    throw new ModelError('"sparse.planes" must be U8 of shape [4, values] or [2, values]')
  const spans = new Map<string, readonly [begin: number, end: number]>()
  let end = 0
  for (const { name, encoding, places } of tensors) {
    const begin = end
    end += encoding.count(places)
    spans.set(name, [begin, end])
  }
  if (end !== count) throw new ModelError(`"sparse.planes" has ${count} values for ${end} indices`)
  return ({ name }) => {
    const [begin, end] = spans.get(name)!
    const bytes = new Uint8Array((end - begin) * rows)
    for (let row = 0; row < rows; row++) {
      const plane = planes.bytes.subarray(row * count + begin, row * count + end)
      for (let i = 0; i < plane.length; i++) bytes[i * rows + row] = plane[i]!
    }
    return { dtype, shape: [end - begin], bytes }
  }
}
