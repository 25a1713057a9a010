import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toBfloat16 } from '#formats/bfloat16.ts'
import { decodeCheckpoint, encodeCheckpoint } from '#formats/checkpoint.ts'
import { FormatError } from '#formats/format-error.ts'
import { decodeIdx } from '#formats/idx.ts'
import { toInt8 } from '#formats/int8.ts'
import { decodeSafetensors, encodeSafetensors } from '#formats/safetensors.ts'
import {
  decodeSparseSafetensors,
  encodeSparsePlanes,
  encodeSparseSafetensors,
} from '#formats/sparse-safetensors.ts'
import { type Random, randomStream } from '#network/random.ts'
import { tensorWithNonzeros } from './sparse-tensors.ts'

const maxDenseBytes = 2 ** 20

const tensors = [0.001, 0.05, 0.5, 1].map((density, i) => tensorWithNonzeros(`t${i}`, [40, 50], density))

const checkpointTensors = (bytes: Uint8Array) =>
  Object.values(decodeCheckpoint(bytes, '').checkpoint.state.variables).flat()

const readers: Record<string, { file: Uint8Array; valueBytes(bytes: Uint8Array): number }> = {
  safetensors: {
    file: encodeSafetensors(tensors, { topology: '{"layers":[]}' }),
    valueBytes: bytes => sum(decodeSafetensors(bytes).tensors.map(({ data }) => data.byteLength)),
  },
  'sparse safetensors': {
    file: encodeSparseSafetensors(tensors, { topology: '{"layers":[]}' }),
    valueBytes: bytes =>
      sum(decodeSparseSafetensors(bytes, maxDenseBytes).tensors.map(({ data }) => data.byteLength)),
  },
  'sparse safetensors of planes': {
    file: encodeSparsePlanes(toBfloat16(tensors).tensors),
    valueBytes: bytes =>
      sum(decodeSparseSafetensors(bytes, maxDenseBytes).tensors.map(({ data }) => data.byteLength)),
  },
  'sparse safetensors of int8': {
    file: encodeSparseSafetensors(
      toInt8(
        tensors,
        tensors.map(({ name, shape }) => ({ name, shape, kind: 'kernel' }) as const),
      ).tensors,
    ),
    valueBytes: bytes =>
      sum(decodeSparseSafetensors(bytes, maxDenseBytes).tensors.map(({ data }) => data.byteLength)),
  },
  checkpoint: {
    file: encodeCheckpoint(
      { state: { clock: { step: 1, l1: 0.1 }, variables: { accumulator: tensors } }, weights: '', epoch: 1 },
      { training: '', engine: '' },
    ),
    valueBytes: bytes => sum(checkpointTensors(bytes).map(({ data }) => data.byteLength)),
  },
  IDX: {
    file: Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 20, 0, 0, 0, 30, ...Array(600).fill(1)),
    valueBytes: bytes => decodeIdx(bytes).data.byteLength,
  },
}

/** Each damages a file in a way that disks, networks and liars do; the header is hit as often as the rest. */
const damages: Record<string, (file: Uint8Array, random: Random) => Uint8Array> = {
  truncated: (file, random) => file.slice(0, somewhere(file, random)),
  'with flipped bits': (file, random) => {
    const damaged = file.slice()
    for (let flips = 1 + random.below(4); flips > 0; flips--) {
      damaged[somewhere(file, random)]! ^= 1 << random.below(8)
    }
    return damaged
  },
  'with other digits': (file, random) => {
    const text = Buffer.from(file).toString('latin1')
    return Buffer.from(
      text.replace(/\d/g, digit => (random.below(40) === 0 ? String(random.below(10)) : digit)),
      'latin1',
    )
  },
  'with a lying length': (file, random) => {
    const damaged = file.slice()
    new DataView(damaged.buffer).setUint32(
      4 * random.below(2),
      random.below(2 ** (1 + random.below(32))),
      true,
    )
    return damaged
  },
  'with bytes moved': (file, random) =>
    file.slice().copyWithin(somewhere(file, random), somewhere(file, random)),
}

for (const [format, { file, valueBytes }] of Object.entries(readers)) {
  for (const [how, damage] of Object.entries(damages)) {
    test(`a ${format} file ${how} is read or refused, within its memory`, () => {
      const random = randomStream(1, format, how)
      for (let round = 0; round < 500; round++) {
        try {
          assert.ok(valueBytes(damage(file, random)) <= file.length + maxDenseBytes)
        } catch (error) {
          if (!(error instanceof FormatError)) throw error
        }
      }
    })
  }
}

function somewhere(file: Uint8Array, random: Random): number {
  return random.below(random.below(2) === 0 ? Math.min(600, file.length) : file.length)
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0)
}
