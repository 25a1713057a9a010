import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FormatError } from '#formats/format-error.ts'
import type { NamedTensor } from '#formats/named-tensor.ts'
import { decodeSafetensors, encodeSafetensors, safetensorsSizeBytes } from '#formats/safetensors.ts'

const kernel: NamedTensor = {
  name: 'dense/kernel',
  shape: [2, 3],
  dtype: 'F32',
  data: Float32Array.of(1, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45, 6),
}
const everyWidth: NamedTensor[] = [
  kernel,
  { name: 'labels', shape: [3], dtype: 'U8', data: Uint8Array.of(1, 2, 3) },
  { name: 'half', shape: [1], dtype: 'F16', data: Uint16Array.of(0x3c00) },
  { name: 'step', shape: [], dtype: 'I64', data: BigInt64Array.of(-(2n ** 53n)) },
  { name: 'threshold', shape: [1], dtype: 'F64', data: Float64Array.of(Math.PI) },
  { name: 'nothing', shape: [0, 7], dtype: 'I32', data: new Int32Array(0) },
  { name: '10', shape: [1], dtype: 'I32', data: Int32Array.of(10) },
  { name: '__proto__', shape: [1], dtype: 'BOOL', data: Uint8Array.of(1) },
  { name: 'naïve "quoted"\n名', shape: [1], dtype: 'U8', data: Uint8Array.of(255) },
]

/** A file of `header` and `dataBytes` zeros; the length field is right unless given. */
function fileOf(header: string, dataBytes: number, length = Buffer.byteLength(header)): Uint8Array {
  const field = Buffer.alloc(8)
  field.writeBigUInt64LE(BigInt(length))
  return Buffer.concat([field, Buffer.from(header), Buffer.alloc(dataBytes)])
}

test('what was written is read back, bit for bit', () => {
  const file = decodeSafetensors(encodeSafetensors(everyWidth, { b: '1', a: '{"x":2}', ['__proto__']: 'p' }))
  assert.deepEqual(new Map(file.tensors.map(t => [t.name, t])), new Map(everyWidth.map(t => [t.name, t])))
  assert.deepEqual(Object.entries(file.metadata).sort(), [
    ['__proto__', 'p'],
    ['a', '{"x":2}'],
    ['b', '1'],
  ])
})

test('the bytes do not depend on the order of tensors or metadata', () => {
  const bytes = encodeSafetensors(everyWidth, { a: '1', b: '2' })
  assert.deepEqual(encodeSafetensors(everyWidth.toReversed(), { b: '2', a: '1' }), bytes)
})

test('tensors lie by alignment, then by name, behind a header padded to 8 bytes', () => {
  const bytes = encodeSafetensors(everyWidth)
  assert.equal(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8, 0)
  assert.deepEqual(
    decodeSafetensors(bytes).tensors.map(({ name }) => name),
    [
      'step',
      'threshold',
      '10',
      'dense/kernel',
      'nothing',
      'half',
      '__proto__',
      'labels',
      'naïve "quoted"\n名',
    ],
  )
})

test('a file without tensors is a file', () => {
  assert.deepEqual(decodeSafetensors(encodeSafetensors([])), { tensors: [], metadata: {} })
})

test('the size is known without the data', () => {
  assert.equal(safetensorsSizeBytes(everyWidth, { a: '1' }), encodeSafetensors(everyWidth, { a: '1' }).length)
})

test('aligned tensors are views, others are copies', () => {
  const bytes = encodeSafetensors([kernel])
  assert.equal(decodeSafetensors(bytes).tensors[0]!.data.buffer, bytes.buffer)
  const shifted = new Uint8Array(bytes.length + 1).subarray(1)
  shifted.set(bytes)
  assert.deepEqual(decodeSafetensors(shifted).tensors, [kernel])
})

test('the writer refuses tensors that no file could hold', () => {
  assert.throws(() => encodeSafetensors([{ ...kernel, name: '__metadata__' }]), /under the same name/)
  assert.throws(() => encodeSafetensors([kernel, kernel]), /two tensors named "dense\/kernel"/)
  assert.throws(
    () => encodeSafetensors([{ ...kernel, shape: [7] }]),
    /"dense\/kernel" has shape \[7\] but 6 values/,
  )
})

const tensorAt = (begin: number, end: number, shape = '[1]', dtype = 'F32') =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`

const broken: [string, Uint8Array, RegExp][] = [
  ['an empty file', new Uint8Array(0), /8 bytes of header length, but there are 0/],
  [
    'a length of 2^64 - 1',
    new Uint8Array(16).fill(255),
    /declares 18446744073709552000 bytes; the file has 8/,
  ],
  ['a header longer than the file', fileOf('{}', 0, 3), /declares 3 bytes; the file has 2/],
  ['leading space', fileOf(' {}', 0), /must start with \{/],
  ['half a header', fileOf('{"a":', 0), /is not valid JSON/],
  [
    'a header that is not UTF-8',
    Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff, 0x7d]),
    /is not valid JSON/,
  ],
  [
    'an unknown dtype',
    fileOf(`{"a":${tensorAt(0, 4, '[1]', 'F8')}}`, 4),
    /tensor "a": `dtype` must be one of/,
  ],
  [
    'a missing shape',
    fileOf('{"a":{"dtype":"F32","data_offsets":[0,4]}}', 4),
    /tensor "a": `shape` must be a list/,
  ],
  ['a negative length', fileOf(`{"a":${tensorAt(0, 4, '[-1]')}}`, 4), /tensor "a"/],
  ['a tensor that is no object', fileOf('{"a":7}', 4), /tensor "a"/],
  ['a shape beyond all numbers', fileOf(`{"a":${tensorAt(0, 4, '[9e15,9e15]')}}`, 4), /tensor "a"/],
  [
    'offsets that do not fit',
    fileOf(`{"a":${tensorAt(0, 8)}}`, 8),
    /F32 \[1\] takes 4 bytes, its offsets hold 8/,
  ],
  ['offsets backwards', fileOf(`{"a":${tensorAt(4, 0)}}`, 4), /its offsets hold -4/],
  ['an overlap', fileOf(`{"a":${tensorAt(0, 4)},"b":${tensorAt(2, 6)}}`, 6), /"b" overlaps/],
  [
    'a hole',
    fileOf(`{"a":${tensorAt(0, 4)},"b":${tensorAt(8, 12)}}`, 12),
    /bytes 4 to 8 belong to no tensor/,
  ],
  ['missing data', fileOf(`{"a":${tensorAt(0, 4)}}`, 3), /take 4 bytes, the file has 3/],
  ['data left over', fileOf(`{"a":${tensorAt(0, 4)}}`, 5), /take 4 bytes, the file has 5/],
  ['metadata of numbers', fileOf('{"__metadata__":{"a":1}}', 0), /must map strings to strings/],
]

for (const [what, bytes, message] of broken) {
  test(`the reader says what is wrong with ${what}`, () => {
    assert.throws(
      () => decodeSafetensors(bytes),
      error => error instanceof FormatError && message.test(error.message),
    )
  })
}
