import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ArtifactVariant } from '#domain/artifact.ts'
import { asInt8 } from '#formats/int8.ts'
import { decodeSafetensors } from '#formats/safetensors.ts'
import { modelFromCheckpoint } from '#formats/trained-model.ts'
import { encodeArtifact, encodeModel } from '#interchange/encode-artifact.ts'
import { type Random, randomStream } from '#network/random.ts'
import { variablesOf } from '#network/variables.ts'
import { readModelFile } from '#runtime/src/file/read-model-file.ts'
import { ModelError } from '#runtime/src/model-error.ts'
import { buildGraph } from '#runtime/src/network/build-graph.ts'
import { LAYOUT_NETWORKS } from '#test/client/layout-networks.ts'
import { modelOf } from '#test/interchange/model-of.ts'
import { recordOf } from '#test/support/record.ts'

type Name = 'model.sparse.safetensors' | 'model.sparse.safetensors.zst' | 'model.safetensors'
const NAMES: readonly Name[] = [
  'model.sparse.safetensors',
  'model.sparse.safetensors.zst',
  'model.safetensors',
]
/** Of the largest kernel they leave 3 weights in a thousand, 4 in a hundred, about half, and nearly all: each is stored in another way. */
const THRESHOLDS = [0.03525, 0.034, 0.02, 0.001]

const fileOf = async (name: Name, l1: number, variant: ArtifactVariant = {}) =>
  (await encodeArtifact(name, recordOf('mnist-lenet', l1), variant)).bytes

const read = (file: Uint8Array) => buildGraph(readModelFile(file))

describe('a model file', () => {
  for (const name of NAMES)
    for (const l1 of THRESHOLDS)
      it(`${name} with a threshold of ${l1} has every weight of the model`, async () => {
        const { spec, checkpoint } = recordOf('mnist-lenet', l1)
        const { weights } = readModelFile(await fileOf(name, l1))
        for (const { name, shape, data } of modelFromCheckpoint(spec, checkpoint!).weights)
          assert.deepEqual(weights.read(name, shape), data)
      })

  it('stores the kernels of these thresholds in every way', async () => {
    const files = await Promise.all(THRESHOLDS.map(l1 => fileOf('model.sparse.safetensors', l1)))
    const maps = files.map(file => JSON.parse(decodeSafetensors(file).metadata['sparse.tensors']!))
    const encodings = maps.map(map => map['fc1/kernel']?.encoding ?? 'dense')
    assert.deepEqual(encodings, ['indices', 'gaps', 'bitmask', 'dense'])
  })

  for (const name of NAMES)
    it(`${name} has weights that are rounded to bfloat16`, async () => {
      const { spec, checkpoint } = recordOf('mnist-lenet', 0.02)
      const { weights } = readModelFile(await fileOf(name, 0.02, { dtype: 'bf16' }))
      for (const { name, shape, data } of modelFromCheckpoint(spec, checkpoint!).weights)
        for (const [i, value] of weights.read(name, shape).entries())
          assert.ok(Math.abs(value - data[i]!) <= Math.abs(data[i]!) / 256, `${name} ${i}`)
    })

  for (const name of ['model.sparse.safetensors', 'model.sparse.safetensors.zst'] as const)
    it(`${name} has int8 weights multiplied by the scales of their channels`, async () => {
      for (const l1 of THRESHOLDS) {
        const { spec, checkpoint } = recordOf('mnist-lenet', l1)
        const { weights, topology } = modelFromCheckpoint(spec, checkpoint!)
        const read = readModelFile(await fileOf(name, l1, { dtype: 'int8' })).weights
        for (const { name, shape, data } of asInt8(weights, variablesOf(topology)))
          assert.deepEqual(read.read(name, shape), data)
      }
    })

  it('has int8 weights of every layer, whichever axes number its outputs', async () => {
    for (const json of Object.values(LAYOUT_NETWORKS)) {
      const model = modelOf(json)
      const { bytes } = await encodeModel('model.sparse.safetensors', model, { dtype: 'int8' })
      const read = readModelFile(bytes).weights
      for (const { name, shape, data } of asInt8(model.weights, variablesOf(model.topology)))
        assert.deepEqual(read.read(name, shape), data)
    }
  })

  it('has the preprocessing, the output activation and the classes of its job', async () => {
    const { preprocessing, outputActivation, classes } = readModelFile(await fileOf(NAMES[0]!, 0.1))
    assert.deepEqual(preprocessing, { scale: 1 / 255, mean: [0.1307], std: [0.3081] })
    assert.equal(outputActivation, 'softmax')
    assert.deepEqual(classes, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
  })

  it('may begin at an odd address of a larger buffer', async () => {
    const file = await fileOf('model.sparse.safetensors', 0.034)
    const shifted = new Uint8Array(file.length + 1)
    shifted.set(file, 1)
    assert.deepEqual(read(shifted.subarray(1)), read(file))
  })
})

/** A safetensors file of a header and as many bytes of data. */
const DAMAGES: Record<string, (file: Uint8Array, random: Random) => Uint8Array> = {
  truncated: (file, random) => file.slice(0, somewhere(file, random)),
  'with flipped bits': (file, random) => {
    const damaged = file.slice()
    for (let flips = 1 + random.below(4); flips > 0; flips--)
      damaged[somewhere(file, random)]! ^= 1 << random.below(8)
    return damaged
  },
  'with other digits': (file, random) => {
    const text = Buffer.from(file).toString('latin1')
    const changed = text.replace(/\d/g, digit => (random.below(60) === 0 ? String(random.below(10)) : digit))
    return Uint8Array.from(Buffer.from(changed, 'latin1'))
  },
  'with bytes moved': (file, random) =>
    file.slice().copyWithin(somewhere(file, random), somewhere(file, random)),
}

/** The header is hit as often as the rest. */
function somewhere(file: Uint8Array, random: Random): number {
  return random.below(random.below(2) === 0 ? file.length : Math.min(file.length, 3000))
}

for (const name of NAMES)
  for (const [damage, apply] of Object.entries(DAMAGES))
    it(`${name} ${damage} is read or refused, and breaks nothing`, async () => {
      const file = Uint8Array.from(await fileOf(name, 0.034))
      const random = randomStream(3, damage, 0)
      for (let attempt = 0; attempt < 60; attempt++) {
        try {
          read(apply(file, random))
        } catch (error) {
          assert.ok(error instanceof ModelError, String((error as Error).stack))
        }
      }
    })
