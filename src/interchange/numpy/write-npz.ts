import type { FloatTensor } from '#formats/named-tensor.ts'
import { zipFiles } from '#formats/zip.ts'

interface NpyArray {
  shape: readonly number[]
  data: Float32Array | Int32Array | Uint8Array
  /** NumPy's type string of an element; by default that of the data. */
  descr?: string
}

/**
 * NumPy's `.npz`: every tensor under its name, each matrix (a convolution's kernel as [window and inputs, outputs]) also as
 * NAME.csr.npz, which `scipy.sparse.load_npz` reads, and metadata.json, which `np.load` returns as bytes.
 */
export function encodeNpz(tensors: readonly FloatTensor[], metadata: object): Uint8Array {
  const arrays = tensors.map(tensor => [`${tensor.name}.npy`, encodeNpy(tensor)] as const)
  const matrices = tensors
    .filter(({ shape }) => shape.length > 1)
    .map(tensor => [`${tensor.name}.csr.npz`, encodeCsr(tensor)] as const)
  const described = ['metadata.json', new TextEncoder().encode(JSON.stringify(metadata))] as const
  return zipFiles(Object.fromEntries([...arrays, ...matrices, described]))
}

/** The `.npy` format, version 1.0 (NEP 1), in C order. */
export function encodeNpy({ shape, data, descr = descrOf(data) }: NpyArray): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`
  const headerBytes = Math.ceil((10 + text.length + 1) / 64) * 64
  const header = Buffer.alloc(headerBytes, ' ')
  header.write('\x93NUMPY\x01\x00', 'latin1')
  header.writeUInt16LE(headerBytes - 10, 8)
  header.write(text, 10, 'latin1')
  header.write('\n', headerBytes - 1)
  return Buffer.concat([header, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)])
}

function descrOf(data: NpyArray['data']): string {
  if (data instanceof Float32Array) return '<f4'
  return data instanceof Int32Array ? '<i4' : '|u1'
}

/** Compressed sparse rows, with the members that `scipy.sparse.save_npz` writes. */
function encodeCsr({ shape, data }: FloatTensor): Uint8Array {
  const columns = shape.at(-1)!
  const rows = data.length / columns
  const nonzero = data.reduce((count, value) => count + Number(value !== 0), 0)
  const values = new Float32Array(nonzero)
  const indices = new Int32Array(nonzero)
  const indptr = new Int32Array(rows + 1)
  let k = 0
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = data[row * columns + column]!
      if (value === 0) continue
      values[k] = value
      indices[k++] = column
    }
    indptr[row + 1] = k
  }
  // Not compressed, because the outer zip compresses it.
  return zipFiles(
    {
      'indices.npy': encodeNpy({ shape: [nonzero], data: indices }),
      'indptr.npy': encodeNpy({ shape: [rows + 1], data: indptr }),
      'format.npy': encodeNpy({ shape: [], data: new TextEncoder().encode('csr'), descr: '|S3' }),
      'shape.npy': encodeNpy({ shape: [2], data: Int32Array.of(rows, columns) }),
      'data.npy': encodeNpy({ shape: [nonzero], data: values }),
    },
    true,
  )
}
