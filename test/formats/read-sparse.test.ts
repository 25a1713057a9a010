import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { toBfloat16 } from '#formats/bfloat16.ts'
import { toInt8 } from '#formats/int8.ts'
import type { NamedTensor } from '#formats/named-tensor.ts'
import { decodeSafetensors, encodeSafetensors } from '#formats/safetensors.ts'
import {
  decodeSparseSafetensors,
  encodeSparsePlanes,
  encodeSparseSafetensors,
} from '#formats/sparse-safetensors.ts'
import { compressZstd } from '#formats/zstd.ts'
import { pythonWith } from '#scripts/python-with.ts'
import { tensorWithNonzeros } from './sparse-tensors.ts'

const docs = fileURLToPath(new URL('../../docs', import.meta.url))

const tensors: NamedTensor[] = [
  tensorWithNonzeros('dense', [31, 7], 1),
  tensorWithNonzeros('conv/bitmask', [3, 3, 5, 11], 0.4),
  tensorWithNonzeros('gaps', [300, 101], 0.02),
  tensorWithNonzeros('indices', [40_000], 0.0005),
  tensorWithNonzeros('all zero', [9, 9], 0),
  tensorWithNonzeros('scalar', [], 0),
  { name: 'labels', shape: [3], dtype: 'U8', data: Uint8Array.of(1, 0, 2) },
]
/** The package would need more than NumPy for them. */
const halves = toBfloat16([
  tensorWithNonzeros('halves', [200, 30], 0.1),
  tensorWithNonzeros('dense halves', [9], 1),
])
/** One tensor for each position of the axes of its channels. */
const quantized = [
  { name: 'quantized', shape: [30, 20], outputAxes: [1, 2] },
  { name: 'first axis', shape: [30, 20], outputAxes: [0, 1] },
  { name: 'two axes', shape: [9, 4, 5], outputAxes: [1, 3] },
  { name: 'one channel', shape: [30, 20], outputAxes: [2, 2] },
].map(({ name, shape, outputAxes: [begin, end] }) => {
  const kernel = { name, shape, kind: 'kernel', outputAxes: [begin!, end!] } as const
  return toInt8([tensorWithNonzeros(name, shape, 0.1)], [kernel]).tensors[0]!
})
const metadata = { topology: '{"layers":[]}', label: 'größe' }

let folder: string
let python: string

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thresher-'))
  python = await pythonWith(['numpy==2.2.6', 'safetensors==0.6.2'])
})
after(() => rm(folder, { recursive: true, force: true }))

/** Runs a script on the file with the given bytes; answers what it printed, as JSON. */
async function inPython(bytes: Uint8Array, script: string): Promise<unknown> {
  const path = join(folder, 'model.safetensors')
  await writeFile(path, bytes)
  const { stdout } = await promisify(execFile)(python, ['-c', script, path], {
    env: { PYTHONPATH: docs, PYTHONDONTWRITEBYTECODE: '1' },
    maxBuffer: 2 ** 26,
  })
  return JSON.parse(stdout)
}

const describe = `{name: [t.dtype.str, list(t.shape), t.tobytes().hex()] for name, t in tensors.items()}`
const NUMPY_DTYPES: Record<string, string> = { F32: '<f4', I32: '<i4', U8: '|u1', BF16: '<u2' }

function described(expected: readonly NamedTensor[]) {
  return Object.fromEntries(
    expected.map(({ name, dtype, shape, data }) => [
      name,
      [
        NUMPY_DTYPES[dtype],
        shape,
        Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex'),
      ],
    ]),
  )
}

for (const [form, encode, also] of [
  ['values', encodeSparseSafetensors, halves.tensors],
  ['planes', encodeSparsePlanes, []],
] as const) {
  test(`the reader in the documentation puts ${form} together again, bit for bit`, async () => {
    const all = [...tensors, ...also]
    const script = `
import json, sys
from read_sparse import read_sparse
tensors, metadata = read_sparse(sys.argv[1])
print(json.dumps([${describe}, metadata]))`
    const file = encode(all, metadata)
    const [read, readMetadata] = (await inPython(file, script)) as [object, Record<string, string>]
    assert.deepEqual(read, described(all))
    const encodings = Object.values(JSON.parse(readMetadata['sparse.tensors']!)).map(
      t => (t as { encoding: string }).encoding,
    )
    assert.deepEqual(new Set(encodings), new Set(['bitmask', 'gaps', 'indices']))
    assert.equal(readMetadata.label, metadata.label)
  })
}

/** What the reader prints as a script, and how it ends. */
async function asScript(bytes: Uint8Array) {
  const path = join(folder, 'described.safetensors')
  await writeFile(path, bytes)
  const run = promisify(execFile)(python, [join(docs, 'read_sparse.py'), path])
  return await run.then(
    ({ stdout }) => ({ code: 0, lines: stdout.trim().split('\n') }),
    ({ code, stderr }) => ({ code: Number(code), lines: String(stderr).trim().split('\n') }),
  )
}

for (const [what, encode] of [
  ['sparse', encodeSparseSafetensors],
  ['dense', encodeSafetensors],
] as const) {
  test(`run as a script, the reader prints what a ${what} file holds`, async () => {
    const facts = {
      preprocessing: '{"scale":1,"mean":[3,4],"std":[2,5]}',
      outputActivation: 'sigmoid',
      classes: '["no","yes"]',
    }
    const { code, lines } = await asScript(encode(tensors, { ...metadata, ...facts }))
    assert.equal(code, 0)
    const expected = tensors.map(({ name, shape, data }) => {
      const nonzero = Array.from(data, Number).filter(value => value !== 0).length
      const size = data.length.toLocaleString('en-US')
      return `${name} [${shape.join(', ')}]: ${nonzero} of ${size} non-zero`
    })
    for (const [key, value] of Object.entries(facts)) expected.push(`${key}: ${value}`)
    assert.deepEqual(lines.toSorted(), expected.toSorted())
  })
}

test('run as a script, the reader says what to do with what it does not read', async () => {
  const zst = await asScript(await compressZstd(encodeSparsePlanes(tensors, metadata)))
  assert.equal(zst.code, 1)
  assert.match(zst.lines[0]!, /is compressed; decompress it first: zstd -d /)
  const newer = await asScript(encodeSafetensors(tensors, { 'sparse.version': '3' }))
  assert.match(newer.lines.at(-1)!, /version 3 is unknown; this reads versions 1 and 2/)
})

test('the reader in the documentation multiplies int8 by the scales of the channels, to the bit of what this service reads', async () => {
  const script = `
import json, sys
from read_sparse import read_sparse
tensors, _ = read_sparse(sys.argv[1])
print(json.dumps(${describe}))`
  const file = encodeSparseSafetensors(quantized)
  assert.deepEqual(await inPython(file, script), described(decodeSparseSafetensors(file).tensors))
})

for (const [what, damage] of [
  ['without scales', () => []],
  ['with too few scales', scales => [{ ...scales, shape: [1], data: Float32Array.of(1) }]],
  ['with scales of another axis', scales => [{ ...scales, shape: [30], data: new Float32Array(30) }]],
] satisfies [string, (scales: NamedTensor & { dtype: 'F32' }) => NamedTensor[]][]) {
  test(`the reader in the documentation refuses a quantized tensor ${what}`, async () => {
    const { tensors: stored, metadata: facts } = decodeSafetensors(encodeSparseSafetensors([quantized[0]!]))
    const damaged = stored.flatMap(tensor =>
      tensor.name === 'quantized.scales' && tensor.dtype === 'F32' ? damage(tensor) : [tensor],
    )
    const { code, lines } = await asScript(encodeSafetensors(damaged, facts))
    assert.equal(code, 1)
    assert.match(lines.at(-1)!, /quantized(\.scales'| must be I8 with scales of shape \(20,\))/)
  })
}

test('the page shows that very reader', async () => {
  const [page, reader] = await Promise.all(
    ['sparse-safetensors.md', 'read_sparse.py'].map(name => readFile(join(docs, name), 'utf8')),
  )
  assert.ok(page!.includes(`\`\`\`python\n${reader}\`\`\``))
})

for (const [what, file] of [
  ['plain', encodeSafetensors(tensors, metadata)],
  ['sparse', encodeSparseSafetensors(tensors, metadata)],
] as const) {
  test(`the safetensors package opens a ${what} file`, async () => {
    const script = `
import json, sys
from safetensors import safe_open
with safe_open(sys.argv[1], 'np') as file:
    tensors = {name: file.get_tensor(name) for name in file.keys()}
    print(json.dumps([${describe}, file.metadata()]))`
    const expected = decodeSafetensors(file)
    assert.deepEqual(await inPython(file, script), [described(expected.tensors), expected.metadata])
  })
}

test('a file of the safetensors package is read', async () => {
  const script = `
import json, sys, numpy as np
from safetensors.numpy import save
bytes = save({'w': np.arange(6, dtype=np.float32).reshape(2, 3), 'b': np.array([True, False])}, {'format': 'np'})
print(json.dumps(bytes.hex()))`
  const hex = (await inPython(new Uint8Array(0), script)) as string
  const file = decodeSafetensors(Buffer.from(hex, 'hex'))
  assert.deepEqual(file.metadata, { format: 'np' })
  assert.deepEqual(
    new Map(file.tensors.map(t => [t.name, t])),
    new Map<string, NamedTensor>([
      ['w', { name: 'w', shape: [2, 3], dtype: 'F32', data: Float32Array.of(0, 1, 2, 3, 4, 5) }],
      ['b', { name: 'b', shape: [2], dtype: 'BOOL', data: Uint8Array.of(1, 0) }],
    ]),
  )
})
