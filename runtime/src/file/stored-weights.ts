import type { Shape } from '../graph.ts'
import { ModelError } from '../model-error.ts'
import { checkShape, type Weights } from '../network/weights.ts'
import { elementCount } from '../shape.ts'
import { ENCODINGS, type Encoding } from './encodings.ts'
import { isLengths, isObject, parseJson } from './json.ts'
import { takePlanes } from './planes.ts'
import type { SafetensorsFile, StoredTensor } from './safetensors.ts'
import { applyScales, readScales, type Scales } from './scales.ts'
import { decodeIntegers, decodeValues } from './values.ts'

/** A row of `sparse.tensors`. */
interface SparseTensor {
  name: string
  shape: Shape
  encoding: Encoding
  /** The indices of the non-zeros. */
  places: Uint8Array
  /** Of a quantized tensor. */
  scales: Scales | undefined
}

/** Of a file without scales, and of one with scales. */
const VERSIONS = ['1', '2']
/** A file with more weights for its size is not that of a trained model, and would take all memory. */
const MAX_WEIGHTS_PER_BYTE = 4096

/**
 * The weights of a safetensors file, sparse (docs/sparse-safetensors.md) or dense, which are decoded when they are read.
 * @throws ModelError, also when they are read
 */
export function openStoredWeights({ tensors, metadata }: SafetensorsFile, fileBytes: number): Weights {
  const version = metadata.get('sparse.version') ?? '1'
  if (!VERSIONS.includes(version))
    throw new ModelError(
      `sparse.version is ${version}; this version of the runtime reads ${VERSIONS.join(' and ')}`,
    )
  const sparse = parseMap(metadata.get('sparse.tensors') ?? '{}', tensors)
  checkSize(sparse, fileBytes)
  const valuesOf = openValues(sparse, tensors)
  const byName = new Map(sparse.map(tensor => [tensor.name, tensor]))
  return {
    read(name, shape) {
      const tensor = byName.get(name) ?? tensors.get(name)
      checkShape(tensor, name, shape)
      return 'encoding' in tensor ? densify(tensor, valuesOf(tensor)) : decodeValues(tensor, name)
    },
  }
}

function parseMap(text: string, tensors: SafetensorsFile['tensors']): SparseTensor[] {
  const map = parseJson(text, 'sparse.tensors')
  if (!isObject(map)) throw new ModelError('sparse.tensors must be an object')
  return Object.entries(map).map(([name, json]) => {
    const { shape, encoding: word, scaleAxis } = isObject(json) ? json : {}
    const encoding = ENCODINGS.get(word)
    if (!encoding || !isLengths(shape))
      throw new ModelError(
        `tensor "${name}" must have a shape and an encoding: ${[...ENCODINGS.keys()].join(', ')}`,
      )
    const places = tensors.get(`${name}.${word}`)
    if (places?.dtype !== encoding.dtype)
      throw new ModelError(`tensor "${name}" needs "${name}.${word}" of dtype ${encoding.dtype}`)
    const scales =
      scaleAxis === undefined ? undefined : readScales(name, shape, scaleAxis, tensors.get(`${name}.scales`))
    return { name, shape, encoding, places: places.bytes, scales }
  })
}

function checkSize(sparse: readonly SparseTensor[], fileBytes: number): void {
  const weights = sparse.reduce((sum, { shape }) => sum + elementCount(shape), 0)
  // Not `>`: lengths that are too large for a number make NaN.
  if (!(weights <= fileBytes * MAX_WEIGHTS_PER_BYTE))
    throw new ModelError(`a file of ${fileBytes} bytes must not state ${weights} weights`)
}

/** The stored values of each tensor: its own, or its part of the planes. */
function openValues(
  sparse: readonly SparseTensor[],
  tensors: SafetensorsFile['tensors'],
): (tensor: SparseTensor) => StoredTensor {
  const planes = tensors.get('sparse.planes')
  if (planes) return takePlanes(planes, sparse)
  return ({ name }) => {
    const values = tensors.get(`${name}.values`)
    if (!values) throw new ModelError(`tensor "${name}" needs "${name}.values"`)
    return values
  }
}

function densify(
  { name, shape, encoding, places, scales }: SparseTensor,
  stored: StoredTensor,
): Float32Array {
  const values = scales ? decodeIntegers(stored, name) : decodeValues(stored, name)
  const count = encoding.count(places)
  if (values.length !== count)
    throw new ModelError(`tensor "${name}" has ${count} indices, but ${values.length} values`)
  const dense = new Float32Array(elementCount(shape))
  if (!encoding.scatter(places, values, dense))
    throw new ModelError(`the indices of tensor "${name}" do not fit its shape [${shape}]`)
  if (scales) applyScales(dense, scales)
  return dense
}
