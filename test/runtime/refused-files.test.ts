import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compressZstd } from '#formats/zstd.ts'
import { encodeArtifact } from '#interchange/encode-artifact.ts'
import { readModelFile } from '#runtime/src/file/read-model-file.ts'
import { ModelError } from '#runtime/src/model-error.ts'
import { buildGraph } from '#runtime/src/network/build-graph.ts'
import { recordOf } from '#test/support/record.ts'

const read = (file: Uint8Array) => buildGraph(readModelFile(file))

function fileWith(header: object, dataBytes = 0): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header))
  const file = new Uint8Array(8 + text.length + dataBytes)
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true)
  file.set(text, 8)
  return file
}

const TOPOLOGY = { inputShape: [2], layers: [{ type: 'dense', name: 'd', units: 3, activation: 'linear' }] }
const METADATA = {
  layout: 'tensorflow',
  topology: JSON.stringify(TOPOLOGY),
  classes: '[]',
  preprocessing: '{"scale":1,"mean":[0],"std":[1]}',
  outputActivation: 'linear',
  'sparse.version': '1',
}
const KERNEL = { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] }

const withMetadata = (change: object) =>
  fileWith({ __metadata__: { ...METADATA, ...change }, 'd/kernel': KERNEL }, 24)
/** With the kernel as a sparse tensor. */
function withSparse(tensor: object, stored: object, data: readonly number[] = []): Uint8Array {
  const map = JSON.stringify({ 'd/kernel': tensor })
  const file = fileWith({ __metadata__: { ...METADATA, 'sparse.tensors': map }, ...stored }, data.length)
  file.set(data, file.length - data.length)
  return file
}
const span = (dtype: string, length: number, begin: number, end: number) => ({
  dtype,
  shape: [length],
  data_offsets: [begin, end],
})
const FLOAT = [0, 0, 128, 63]
/** With the kernel as int8 with scales of 1. */
function quantized(entry: object, stored: { scales?: readonly number[]; values?: 'F32' }): Uint8Array {
  const [count = 0] = stored.scales ?? []
  const width = stored.values === 'F32' ? 4 : 1
  const [values, gaps] = [4 * count + width, 4 * count + width + 1]
  return withSparse(
    { shape: [2, 3], encoding: 'gaps', ...entry },
    {
      ...(stored.scales && { 'd/kernel.scales': span('F32', count, 0, 4 * count) }),
      'd/kernel.values': span(stored.values ?? 'I8', 1, 4 * count, values),
      'd/kernel.gaps': span('U8', 1, values, gaps),
    },
    [...Array(count).fill(FLOAT).flat(), ...Array(width + 1).fill(0)],
  )
}

/** What is wrong with a file, and how the error says it. */
const REFUSED: Record<string, [file: Uint8Array, message: RegExp]> = {
  'an empty file': [new Uint8Array(), /a file of 0 bytes is not a safetensors file/],
  'a page of HTML': [
    Buffer.from('<!doctype html><html><body>404</body></html>'),
    /not a safetensors file of Thresher/,
  ],
  'a header that takes more than the file': [
    withMetadata({}).subarray(0, 100),
    /truncated: its header takes \d+ bytes/,
  ],
  'a header that is not JSON': [
    fileWith({}).fill(0x7b, 8),
    /header of the safetensors file is not valid JSON/,
  ],
  'data that end early': [
    withMetadata({}).subarray(0, -1),
    /truncated: its tensors take 24 bytes, but it has 23/,
  ],
  'more data than tensors': [fileWith({ __metadata__: METADATA }, 5), /take 0 bytes, but the file has 5/],
  'a gap between tensors': [
    fileWith({ __metadata__: METADATA, a: { ...KERNEL, data_offsets: [8, 32] } }, 32),
    /tensor "a" begins at byte 8 instead of 0/,
  ],
  'a shape that does not fit its bytes': [
    fileWith({ __metadata__: METADATA, a: { ...KERNEL, shape: [1e9, 1e9] } }, 24),
    /tensor "a" is F32 \[1000000000,1000000000\]/,
  ],
  'a tensor without a shape': [fileWith({ a: { dtype: 'F32' } }), /tensor "a" must have a known dtype/],
  'metadata that are not text': [fileWith({ __metadata__: { layout: 3 } }), /layout is not/],
  'a safetensors file of another program': [fileWith({}), /metadata of the file lack layout/],
  'the layout of PyTorch': [
    withMetadata({ layout: 'torch' }),
    /layout of the file is torch; download it without/,
  ],
  'a version from the future': [withMetadata({ 'sparse.version': '3' }), /sparse.version is 3; this version/],
  'a topology that is cut off': [
    withMetadata({ topology: '{"inputShape":' }),
    /topology of the metadata is not valid/,
  ],
  'a preprocessing without numbers': [
    withMetadata({ preprocessing: '{}' }),
    /numbers as scale, mean and std/,
  ],
  'an unknown output activation': [
    withMetadata({ outputActivation: 'relu' }),
    /outputActivation of the metadata is relu/,
  ],
  'classes that are not names': [withMetadata({ classes: '[1]' }), /classes of the metadata must be a list/],
  'a layer without its weights': [fileWith({ __metadata__: METADATA }), /no tensor "d\/kernel"/],
  'weights of another shape': [
    fileWith({ __metadata__: METADATA, 'd/kernel': { ...KERNEL, shape: [3, 2] } }, 24),
    /tensor "d\/kernel" is \[3,2\], but its network needs \[2,3\]/,
  ],
  'weights of another dtype': [
    fileWith({ __metadata__: METADATA, 'd/kernel': { ...KERNEL, dtype: 'I32' } }, 24),
    /tensor "d\/kernel" is I32; weights are F32/,
  ],
  'an unknown encoding': [
    withSparse({ shape: [2, 3], encoding: 'runs' }, {}),
    /an encoding: bitmask, gaps, indices/,
  ],
  'indices that are missing': [
    withSparse({ shape: [2, 3], encoding: 'gaps' }, {}),
    /needs "d\/kernel.gaps" of dtype U8/,
  ],
  'values that are missing': [
    withSparse({ shape: [2, 3], encoding: 'gaps' }, { 'd/kernel.gaps': span('U8', 1, 0, 1) }, [0]),
    /needs "d\/kernel.values"/,
  ],
  'more indices than values': [
    withSparse(
      { shape: [2, 3], encoding: 'gaps' },
      { 'd/kernel.values': span('F32', 1, 0, 4), 'd/kernel.gaps': span('U8', 2, 4, 6) },
      [...FLOAT, 0, 0],
    ),
    /has 2 indices, but 1 values/,
  ],
  'indices beyond the tensor': [
    withSparse(
      { shape: [2, 3], encoding: 'gaps' },
      { 'd/kernel.values': span('F32', 1, 0, 4), 'd/kernel.gaps': span('U8', 1, 4, 5) },
      [...FLOAT, 6],
    ),
    /do not fit its shape \[2,3\]/,
  ],
  'indices out of order': [
    withSparse(
      { shape: [2, 3], encoding: 'indices' },
      { 'd/kernel.values': span('F32', 2, 0, 8), 'd/kernel.indices': span('I32', 2, 8, 16) },
      [...FLOAT, ...FLOAT, 3, 0, 0, 0, 3, 0, 0, 0],
    ),
    /do not fit its shape \[2,3\]/,
  ],
  'more weights than memory': [
    withSparse(
      { shape: [1e6, 1e6], encoding: 'gaps' },
      { 'd/kernel.values': span('F32', 0, 0, 0), 'd/kernel.gaps': span('U8', 0, 0, 0) },
    ),
    /must not state 1000000000000 weights/,
  ],
  'planes with too few values': [
    withSparse(
      { shape: [2, 3], encoding: 'gaps' },
      {
        'd/kernel.gaps': span('U8', 2, 0, 2),
        'sparse.planes': { dtype: 'U8', shape: [4, 1], data_offsets: [2, 6] },
      },
      [0, 0, ...FLOAT],
    ),
    /"sparse.planes" has 1 values for 2 indices/,
  ],
  ...Object.fromEntries(
    (
      [
        ['without scales', { scaleAxis: 1 }, {}, /tensor "d\/kernel" needs "d\/kernel.scales" of dtype F32/],
        [
          'with too few scales',
          { scaleAxis: 1 },
          { scales: [2] },
          /is \[2\], but the axes of \[2,3\] from 1 on are \[3\]/,
        ],
        ['with scales of another axis', { scaleAxis: 0 }, { scales: [3] }, /from 0 on are \[2\]/],
        [
          'with an axis that is no number',
          { scaleAxis: '1' },
          { scales: [3] },
          /must be the number of an axis/,
        ],
        [
          'whose values are floats',
          { scaleAxis: 1 },
          { scales: [3], values: 'F32' },
          /values must be I8, not F32/,
        ],
        ['that does not name its scales', {}, { scales: [3] }, /tensor "d\/kernel" is I8; weights are F32/],
      ] as const
    ).map(([what, entry, stored, message]) => [
      `an int8 tensor ${what}`,
      [quantized(entry, stored), message] as [Uint8Array, RegExp],
    ]),
  ),
  'a zstd frame that ends early': [
    Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x24, 0xff, ...Array(14).fill(0)]),
    /zstd frame is damaged or truncated/,
  ],
  'a zstd frame that states terabytes': [
    Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 1, 0, 0, ...Array(10).fill(0)]),
    /states 1099511627776 bytes of content/,
  ],
}

describe('a file is refused, with what is wrong with it:', () => {
  for (const [name, [file, message]] of Object.entries(REFUSED))
    it(name, () =>
      assert.throws(
        () => read(file),
        (error: Error) => error instanceof ModelError && message.test(error.message),
      ),
    )

  it('a compressed file that ends early', async () => {
    const file = (await encodeArtifact('model.sparse.safetensors.zst', recordOf('mnist-lenet', 0.034), {}))
      .bytes
    assert.throws(() => read(file.subarray(0, -100)), /zstd frame is damaged or truncated/)
  })

  it('a compressed file of something else', async () => {
    const file = await compressZstd(new Uint8Array(1e6))
    assert.throws(() => read(file), ModelError)
  })
})
