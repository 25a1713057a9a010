import type { FloatTensor } from '#formats/named-tensor.ts'
import { countNonzero } from '#formats/sparse/encoding.ts'
import { gaps } from '#formats/sparse/gaps.ts'
import { toBits } from '#formats/sparse/values.ts'
import { INT64, type OnnxNode, type OnnxTensor } from './onnx-messages.ts'

/** Approximate bytes of the nodes and small constants of one tensor. */
const OVERHEAD_BYTES = 400

export function rebuildIsSmaller(tensor: FloatTensor): boolean {
  const { nonzero, fillers } = countNonzero(toBits(tensor))
  return 5 * (nonzero + fillers) + OVERHEAD_BYTES < 4 * tensor.data.length
}

/**
 * Rebuilds a tensor from its non-zeros and the gaps between them (docs/sparse-safetensors.md): the indices are the cumulative sum of gap +
 * 1, and the values are scattered to these indices of a tensor of zeros.
 */
export function rebuildFromGaps(tensor: FloatTensor): { nodes: OnnxNode[]; initializers: OnnxTensor[] } {
  const { name, shape, data } = tensor
  const bits = toBits(tensor)
  const count = countNonzero(bits)
  const values = new Float32Array(gaps.valueCount(count))
  const places = new Uint8Array(gaps.placeCount(count))
  gaps.encode(bits, new Uint32Array(values.buffer), places)
  const part = (word: string) => `${name}.${word}`
  const int64 = (word: string, dims: number[], numbers: readonly number[]): OnnxTensor => ({
    name: part(word),
    dims,
    data: BigInt64Array.from(numbers.map(BigInt)),
  })
  return {
    initializers: [
      { name: part('values'), dims: [values.length], data: values },
      { name: part('gaps'), dims: [places.length], data: places },
      int64('axis', [], [0]),
      int64('one', [], [1]),
      int64('size', [1], [data.length]),
      int64('shape', [shape.length], shape),
    ],
    nodes: [
      { op: 'Cast', input: [part('gaps')], output: part('gaps64'), attributes: { to: INT64 } },
      { op: 'Add', input: [part('gaps64'), part('one')], output: part('distances') },
      { op: 'CumSum', input: [part('distances'), part('axis')], output: part('ends') },
      { op: 'Sub', input: [part('ends'), part('one')], output: part('places') },
      { op: 'ConstantOfShape', input: [part('size')], output: part('zeros') },
      { op: 'ScatterElements', input: [part('zeros'), part('places'), part('values')], output: part('flat') },
      { op: 'Reshape', input: [part('flat'), part('shape')], output: name },
    ],
  }
}
