import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { unzipSync, zipSync } from 'fflate'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { decodeSafetensors, encodeSafetensors } from '#formats/safetensors.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { importModel } from '#interchange/import-model.ts'
import { topologyFromKeras } from '#interchange/keras/read-model.ts'
import { encodeTfjs } from '#interchange/tfjs/write-tfjs.ts'
import { assertClose, predict, softmax } from '#test/support/predict.ts'
import { pythonWithReaders } from '#test/support/readers.ts'
import { recordOf } from '#test/support/record.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { layer, modelImports, writeLenet } from './model-imports.ts'

const BATCH = 4
const NPY_HEADER_BYTES = 128

await openEngine('native')

describe('uploaded weights', () => {
  const { pathOf, file, bring } = modelImports()
  let json: Record<string, unknown>
  let images: Float32Array
  let answers: Float32Array
  const readNpy = async (name: string) =>
    new Float32Array(Uint8Array.from((await readFile(pathOf(name))).subarray(NPY_HEADER_BYTES)).buffer)

  before(async () => {
    const script = fileURLToPath(new URL('write_keras.py', import.meta.url))
    await promisify(execFile)(await pythonWithReaders(), [script, pathOf('')])
    await writeLenet(pathOf)
    json = JSON.parse(await readFile(pathOf('model.json'), 'utf8'))
    images = await readNpy('images.npy')
    answers = await readNpy('answers.npy')
  })

  /** The outputs of the network for the images with the imported weights, in the form of Keras. */
  function answer({ checkpoint }: Awaited<ReturnType<typeof bring>>): Float32Array {
    const { params, statistics = [] } = checkpoint.state.variables
    const topology = topologyFromKeras(json)
    const { spec } = recordOf('mnist-mlp', 0)
    const model: TrainedModel = { spec, topology, weights: params!, statistics, step: 0 }
    const logits = predict(model, images, BATCH)
    return softmax(logits, BATCH)
  }

  for (const [what, names, brings] of [
    ['.keras', ['model.keras'], true],
    ['.h5 of Keras 2', ['legacy.h5'], true],
    ['.weights.h5', ['model.weights.h5'], false],
    ['.weights.h5 beside a .json', ['model.json', 'model.weights.h5'], true],
  ] as const) {
    it(`a ${what} file of Keras predicts the same as in Keras`, async () => {
      assertClose(answer(await bring([...names], brings ? undefined : { topology: json })), answers)
    })
  }

  for (const [what, names, brings] of [
    ['.keras', ['prepared.keras'], true],
    ['.h5 of Keras 2', ['prepared.h5'], true],
    ['.weights.h5', ['prepared.weights.h5'], false],
  ] as const) {
    it(`a ${what} file contains the statistics with which a model preprocesses its examples`, async () => {
      const topology = JSON.parse(await readFile(pathOf('prepared.json'), 'utf8'))
      const { checkpoint } = await bring([...names], brings ? undefined : { topology })
      const { params, statistics = [] } = checkpoint.state.variables
      const { spec } = recordOf('mnist-mlp', 0)
      const model = { spec, topology: topologyFromKeras(topology), weights: params!, statistics, step: 0 }
      const logits = predict(model, await readNpy('rows.npy'), BATCH)
      assertClose(softmax(logits, BATCH), await readNpy('prepared.npy'))
    })
  }

  it('weights of layers with slashes in their names are found under the converted names', async () => {
    const layers = [
      layer('InputLayer', { name: 'points', batch_shape: [null, 2] }),
      layer('Dense', { name: 'block/dense', units: 1 }),
    ]
    const topology = { class_name: 'Sequential', config: { layers } }
    const { checkpoint } = await bring(['slashes.h5'], { topology })
    const expected = { 'block_dense/kernel': [1, 2], 'block_dense/bias': [3] }
    const values = (tensors: readonly FloatTensor[]) =>
      Object.fromEntries(tensors.map(({ name, data }) => [name, [...data]]))
    assert.deepEqual(values(checkpoint.state.variables.params!), expected)
    const weights = [[2, 1], [1]].map((shape, index) => {
      const name = `block/dense/${index === 0 ? 'kernel' : 'bias'}`
      return { name, shape, dtype: 'float32' }
    })
    const weightsManifest = [{ paths: ['slashes.bin'], weights }]
    await writeFile(pathOf('slashes.json'), JSON.stringify({ modelTopology: topology, weightsManifest }))
    await writeFile(pathOf('slashes.bin'), new Uint8Array(Float32Array.of(1, 2, 3).buffer))
    const tfjs = (await bring(['slashes.json', 'slashes.bin'])).checkpoint
    assert.deepEqual(values(tfjs.state.variables.params!), expected)
  })

  it('the files of TensorFlow.js predict the same as in Keras', async () => {
    const { checkpoint } = await bring(['model.keras'])
    const { params, statistics } = checkpoint.state.variables
    const topology = topologyFromKeras(json)
    const { spec } = recordOf('mnist-mlp', 0)
    const exported: TrainedModel = {
      spec,
      topology,
      weights: params!,
      statistics: statistics!,
      step: 0,
    }
    const entries = unzipSync(encodeTfjs(exported, { preprocessing: 'none' }))
    await writeFile(pathOf('tfjs.json'), entries['model.json']!)
    await writeFile(pathOf('weights.bin'), entries['weights.bin']!)
    assertClose(answer(await bring(['tfjs.json', 'weights.bin'])), answers)
    await assert.rejects(
      bring(['tfjs.json', 'legacy.h5']),
      /names the file weights\.bin, which was not uploaded/,
    )
  })

  it('unused weights and missing weights cause warnings', async () => {
    const { config } = json as { config: object }
    const shorter = { ...json, config: { ...config, output_layers: ['hidden', 0, 0] } }
    for (const names of [['model.keras'], ['legacy.h5']]) {
      const { warnings } = await bring(names, { topology: shorter })
      assert.deepEqual(
        warnings.map(({ code }) => code),
        ['layer_left_out', 'layer_left_out', 'tensors_left_out'],
      )
      assert.match(warnings[2]!.message, /no variable for .*layer_norm.*and 1 more/)
    }
    const network = await importModel({ files: [file('tfjs.json')] }, pathOf(''))
    assert.deepEqual([network.checkpoint, network.warnings[0]?.code], [undefined, 'weights_left_out'])
  })

  it('a config that decompresses to too many bytes is refused by name', async () => {
    const config = new Uint8Array(17 * 1024 ** 2)
    await writeFile(pathOf('swollen.keras'), zipSync({ 'config.json': config }))
    await assert.rejects(bring(['swollen.keras']), {
      name: 'FormatError',
      message: /^swollen\.keras: config\.json has more than 16777216 bytes/,
    })
  })

  it('the error for an unreadable file names the file, and its cause is the error of the library', async () => {
    const line = { class_name: 'Sequential', config: { layers: [] as object[] } }
    line.config.layers.push(layer('InputLayer', { name: 'points', batch_shape: [null, 2] }))
    line.config.layers.push(layer('Dense', { name: 'line', units: 1 }))
    const header = (text: string) => {
      const length = Buffer.alloc(8)
      length.writeBigUInt64LE(BigInt(text.length))
      return Buffer.concat([length, Buffer.from(text)])
    }
    const offsets = { dtype: 'F32', shape: [1], data_offsets: [-4, 0] }
    await writeFile(pathOf('minus.safetensors'), header(JSON.stringify({ x: offsets })))
    const quantization = { dtype: 'uint4', scale: 1, min: 0 }
    const weights = [{ name: 'line/kernel', shape: [2, 1], dtype: 'float32', quantization }]
    const weightsManifest = [{ paths: ['q.bin'], weights }]
    await writeFile(pathOf('q.json'), JSON.stringify({ modelTopology: line, weightsManifest }))
    await writeFile(pathOf('q.bin'), new Uint8Array(2))
    const healthy = await readFile(pathOf('model.weights.h5'))
    const WRONG: [string[], RegExp][] = [
      [['null.weights.h5'], /^layers\/dense\/vars\/0 is empty: it contains no numbers$/],
      [['broken.weights.h5'], /^broken\.weights\.h5 is damaged[^:\n]*$/],
      [
        ['minus.safetensors'],
        /^minus\.safetensors is damaged, or is not a safetensors file: tensor "x": `data_offsets` must be two whole numbers/,
      ],
      [
        ['q.json', 'q.bin'],
        /^model\.json: weightsManifest\[0\]\.weights\[0\]\.quantization is not supported: .*uint8 or uint16.*float16$/,
      ],
    ]
    // The signature and the size are intact; the tables of offsets are destroyed.
    await writeFile(pathOf('broken.weights.h5'), Buffer.from(healthy).fill(0xff, 600, 6000))
    for (const [names, message] of WRONG)
      await assert.rejects(bring(names, { topology: line }), { name: 'FormatError', message })
  })

  it('a .keras file is refused when a byte of its weights has changed', async () => {
    const members = unzipSync(await readFile(pathOf('model.keras')))
    const damaged = Buffer.from(zipSync(members, { level: 0 }))
    damaged[damaged.indexOf(members['model.weights.h5']!) + 5000]! ^= 1
    await writeFile(pathOf('flipped.keras'), damaged)
    await assert.rejects(bring(['flipped.keras']), {
      message: 'flipped.keras is damaged: the checksum of model.weights.h5 does not match',
    })
  })

  it('weights in other files of the host are never read', async () => {
    const topology = {
      class_name: 'Sequential',
      config: {
        layers: [
          layer('InputLayer', { name: 'points', batch_shape: [null, 2] }),
          layer('Dense', { name: 'line', units: 1 }),
        ],
      },
    }
    for (const place of ['external', 'link', 'virtual'])
      await assert.rejects(bring([`${place}.weights.h5`], { topology }), {
        name: 'FormatError',
        message: /^layers\/dense\/vars\/0 .*is stored in another file$/,
      })
  })

  const lenet = { preset: 'mnist-lenet' } as const
  it('weights that do not match are refused by the name of the tensor', async () => {
    await writeFile(pathOf('text.safetensors'), 'no tensors')
    await writeFile(pathOf('text.h5'), 'no tensors')
    const few = [{ name: 'conv1.bias', dtype: 'F32' as const, shape: [20], data: new Float32Array(20) }]
    await writeFile(pathOf('few.safetensors'), encodeSafetensors(few))
    const odd = [{ ...few[0]!, shape: [21], data: new Float32Array(21) }]
    await writeFile(pathOf('odd.safetensors'), encodeSafetensors(odd))
    await assert.rejects(bring(['text.safetensors'], lenet), { name: 'FormatError' })
    await assert.rejects(bring(['text.h5'], lenet), { name: 'FormatError', message: /text\.h5/ })
    await assert.rejects(
      bring(['few.safetensors'], lenet),
      /there is no conv1\/kernel \[5,5,1,20\]; the tensors are: conv1\.bias \[20\]/,
    )
    await assert.rejects(
      bring(['odd.safetensors'], lenet),
      /conv1\.bias has shape \[21\], but conv1\.bias needs \[20\]/,
    )
    await assert.rejects(bring(['model.weights.h5'], lenet), /has shape \[3,3,3,6\], but conv1\/kernel needs/)
    await assert.rejects(bring(['state.safetensors'], lenet), /no tensor has a name of the model/)
    await assert.rejects(bring(['torch.safetensors']), /no file contains a topology/)
    await assert.rejects(
      bring(['saved_model.pb', 'variables.index'], lenet),
      /saved_model\.pb belongs to a TensorFlow SavedModel, which is not supported: .*model\.save\('NAME\.keras'\)/,
    )
    await writeFile(pathOf('bare.json'), JSON.stringify(json))
    await assert.rejects(
      bring(['bare.json', 'weights.bin']),
      /bare\.json has no weightsManifest, which describes the content of weights\.bin/,
    )
    await assert.rejects(bring(['net.pth'], lenet), /is a PyTorch pickle, which is never opened/)
    await assert.rejects(
      bring(['torch.safetensors'], lenet, 'torch.safetensors'),
      /has no state\.0\.accumulator/,
    )
    const { tensors } = decodeSafetensors(await readFile(pathOf('state.safetensors')))
    const groups = tensors.map(tensor =>
      tensor.name === 'state.3.l1_accumulation' ? { ...tensor, data: Float64Array.of(0.5) } : tensor,
    ) as typeof tensors
    await writeFile(pathOf('groups.safetensors'), encodeSafetensors(groups))
    await assert.rejects(
      bring(['torch.safetensors'], lenet, 'groups.safetensors'),
      /l1_accumulation differs between parameters.*: 0\.02, 0\.5/,
    )
  })
})
