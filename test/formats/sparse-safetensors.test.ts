import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FormatError } from '#formats/format-error.ts'
import type { NamedTensor } from '#formats/named-tensor.ts'
import { decodeSafetensors, encodeSafetensors } from '#formats/safetensors.ts'
import {
  decodeSparseSafetensors,
  encodeSparseSafetensors,
  sparseSizeBytes,
} from '#formats/sparse-safetensors.ts'
import { tensorWithNonzeros, vector } from './sparse-tensors.ts'

const bits = ({ data }: NamedTensor) => [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]

/** The names under which a single tensor `t` is stored. */
const storedNames = (tensor: NamedTensor) =>
  decodeSafetensors(encodeSparseSafetensors([tensor]))
    .tensors.map(({ name }) => name)
    .sort()

function assertRoundTrip(tensor: NamedTensor): void {
  const bytes = encodeSparseSafetensors([tensor])
  const [decoded, ...others] = decodeSparseSafetensors(bytes).tensors
  assert.deepEqual(others, [])
  assert.deepEqual({ ...decoded, data: bits(decoded!) }, { ...tensor, data: bits(tensor) })
  assert.equal(sparseSizeBytes([tensor]), bytes.length)
}

for (const density of [0, 1e-5, 0.001, 0.0038, 0.01, 0.085, 0.125, 0.3, 0.5, 0.9, 0.97, 0.98, 1]) {
  test(`a tensor of ${density * 100} % non-zeros comes back bit for bit`, () => {
    assertRoundTrip(tensorWithNonzeros('t', [37, 11, 83], density))
  })
}

test('odd shapes come back: scalars, empty tensors, lengths around a byte', () => {
  for (const shape of [[], [0], [3, 0, 2], [1], [7], [8], [9], [1, 1, 17]]) {
    for (const density of [0, 0.5, 1]) assertRoundTrip(tensorWithNonzeros('t', shape, density))
  }
})

test('gaps bridge any distance with fillers', () => {
  for (const distance of [1, 255, 256, 257, 258, 511, 512, 513, 1024, 1025]) {
    const tensor = tensorWithNonzeros('t', [40_000], 0)
    // Enough close neighbours that gaps stay the smallest encoding.
    for (let i = 0; i < 2000; i += 20) tensor.data[i] = i + 1
    tensor.data[1980 + distance] = -7
    assert.deepEqual(storedNames(tensor), ['t.gaps', 't.values'])
    assertRoundTrip(tensor)
  }
})

test('a filler is gap 255 with value 0', () => {
  const tensor = vector('t', 2000, { 0: 1, 1: 2, 2: 3, 259: 4 })
  const stored = new Map(
    decodeSafetensors(encodeSparseSafetensors([tensor])).tensors.map(t => [t.name, t.data]),
  )
  assert.deepEqual(stored.get('t.gaps'), Uint8Array.of(0, 0, 0, 255, 0))
  assert.deepEqual(stored.get('t.values'), Float32Array.of(1, 2, 3, 0, 4))
})

test('the smallest encoding is chosen, at its boundary too', () => {
  const first = (nonzero: number, size: number) =>
    storedNames(vector('t', size, Object.fromEntries([...Array(nonzero).keys()].map(i => [i, 1]))))
  assert.deepEqual(first(0, 100), ['t.gaps', 't.values'], 'nothing at all to store')
  assert.deepEqual(first(98, 100), ['t'])
  assert.deepEqual(first(97, 100), ['t.bitmask', 't.values'])
  assert.deepEqual(first(13, 100), ['t.bitmask', 't.values'], '13 bytes either way: the bitmask is preferred')
  assert.deepEqual(first(12, 100), ['t.gaps', 't.values'])
  assert.deepEqual(storedNames(vector('t', 1000, { 0: 1, 1: 2, 2: 3, 258: 4 })), ['t.gaps', 't.values'])
  assert.deepEqual(storedNames(vector('t', 1000, { 900: 1 })), ['t.indices', 't.values'])
})

test('-0 is a zero, NaN a value with its payload', () => {
  const tensor = vector('t', 100, { 3: -0, 5: 1 })
  new Uint32Array(tensor.data.buffer)[7] = 0x7fc01234
  const [decoded] = decodeSparseSafetensors(encodeSparseSafetensors([tensor])).tensors
  const words = new Uint32Array(decoded!.data.buffer)
  assert.equal(words[3], 0)
  assert.equal(words[7], 0x7fc01234)
  assert.equal(words.filter(word => word !== 0).length, 2)
})

test('other dtypes stay dense, and the caller gets its own metadata back', () => {
  const labels: NamedTensor = { name: 'labels', shape: [4], dtype: 'U8', data: Uint8Array.of(0, 0, 0, 1) }
  const kernel = tensorWithNonzeros('__proto__', [10, 10], 0.1)
  const file = decodeSparseSafetensors(encodeSparseSafetensors([labels, kernel], { topology: '{}' }))
  assert.deepEqual(file, { tensors: [kernel, labels], metadata: { topology: '{}' } })
})

test('the same tensors make the same bytes in any order', () => {
  const tensors = ['b', 'a', '1'].map((name, i) => tensorWithNonzeros(name, [50, 9], 0.1 + 0.4 * i))
  const bytes = encodeSparseSafetensors(tensors, { x: '1', y: '2' })
  assert.deepEqual(encodeSparseSafetensors(tensors.toReversed(), { y: '2', x: '1' }), bytes)
})

/** A file whose tensor `t` of four elements is stored as told. */
function sparseFile(encoding: string, places: NamedTensor['data'], values: number[], shape: unknown = [4]) {
  return encodeSafetensors(
    [
      { name: 't.values', shape: [values.length], dtype: 'F32', data: Float32Array.from(values) },
      { name: `t.${encoding}`, shape: [places.length], dtype: 'U8', data: places } as NamedTensor,
    ].map(
      tensor => (tensor.data instanceof Int32Array ? { ...tensor, dtype: 'I32' } : tensor) as NamedTensor,
    ),
    { 'sparse.version': '1', 'sparse.tensors': JSON.stringify({ t: { shape, encoding } }) },
  )
}

const broken: [string, Uint8Array, RegExp][] = [
  [
    'a plain safetensors file',
    encodeSafetensors([]),
    /sparse.version is undefined; this reader knows 1 and 2/,
  ],
  ['a later version', encodeSafetensors([], { 'sparse.version': '3' }), /sparse.version is 3/],
  ['no map', encodeSafetensors([], { 'sparse.version': '1' }), /sparse.tensors must be JSON/],
  [
    'a map of null',
    encodeSafetensors([], { 'sparse.version': '1', 'sparse.tensors': '{"t":null}' }),
    /must be JSON/,
  ],
  ['an unknown encoding', sparseFile('runs', Uint8Array.of(1), [1]), /must be JSON/],
  ['a negative shape', sparseFile('gaps', Uint8Array.of(1), [1], [-4]), /must be JSON/],
  ['places of another dtype', sparseFile('gaps', Int32Array.of(1), [1]), /needs "t.gaps" of dtype U8/],
  [
    'a short bitmask',
    sparseFile('bitmask', Uint8Array.of(), [1]),
    /bitmask of 0 bytes does not fit 4 elements/,
  ],
  ['too many bits', sparseFile('bitmask', Uint8Array.of(3), [1]), /sets 2 bits for 1 values/],
  ['too few bits', sparseFile('bitmask', Uint8Array.of(0), [1]), /sets 0 bits for 1 values/],
  ['a bit outside', sparseFile('bitmask', Uint8Array.of(16), [1]), /beyond the last element/],
  ['more gaps than values', sparseFile('gaps', Uint8Array.of(0, 0), [1]), /2 indices for 1 values/],
  ['gaps that leave', sparseFile('gaps', Uint8Array.of(3, 0), [1, 2]), /gaps exceed the last element/],
  ['an index outside', sparseFile('indices', Int32Array.of(4), [1]), /index 4 is not ascending or is beyond/],
  ['a negative index', sparseFile('indices', Int32Array.of(-1), [1]), /index -1/],
  ['an index twice', sparseFile('indices', Int32Array.of(1, 1), [1, 2]), /index 1 is not ascending/],
  ['a vast shape', sparseFile('indices', Int32Array.of(1), [1], [2 ** 40]), /declare 4398046511104 bytes/],
]

for (const [what, bytes, message] of broken) {
  test(`the reader says what is wrong with ${what}`, () => {
    assert.throws(
      () => decodeSparseSafetensors(bytes),
      error => error instanceof FormatError && message.test(error.message),
    )
  })
}

test('a tensor that is there twice is refused', () => {
  const file = decodeSafetensors(sparseFile('gaps', Uint8Array.of(1), [1]))
  const twice = encodeSafetensors([...file.tensors, vector('t', 4, {})], file.metadata)
  assert.throws(() => decodeSparseSafetensors(twice), /"t" is stored twice/)
})

test('the writer refuses tensors that no file could hold', () => {
  const tensor = vector('t', 100, { 3: 1 })
  assert.throws(() => encodeSparseSafetensors([{ ...tensor, shape: [99] }]), /shape \[99\] but 100 values/)
  assert.throws(
    () => encodeSparseSafetensors([tensor, tensorWithNonzeros('t', [9], 1)]),
    /two tensors named "t"/,
  )
  assert.throws(
    () => encodeSparseSafetensors([tensor, vector('t.values', 1, { 0: 1 })]),
    /under the same name/,
  )
})

test('a model as sparse as ResNet-50 (8.46 %) takes no more than 10.4 MiB for its 25,557,032 parameters', () => {
  const tensor = tensorWithNonzeros('t', [1_000_000], 2_162_125 / 25_557_032)
  assert.ok(sparseSizeBytes([tensor]) / 1_000_000 <= (10.4 * 2 ** 20) / 25_557_032)
})
