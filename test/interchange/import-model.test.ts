import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { unzipSync, zipSync } from 'fflate'
import type { ModelRequest } from '#domain/model-spec.ts'
import { decodeCheckpoint } from '#formats/checkpoint.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { decodeSafetensors, encodeSafetensors } from '#formats/safetensors.ts'
import { modelFromCheckpoint, type TrainedModel } from '#formats/trained-model.ts'
import { encodeArtifact } from '#interchange/encode-artifact.ts'
import { importModel } from '#interchange/import-model.ts'
import { topologyFromKeras } from '#interchange/keras/read-model.ts'
import { encodeTfjs } from '#interchange/tfjs/write-tfjs.ts'
import { pythonWithReaders } from '#test/support/readers.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { assertClose, predict, softmax } from './predict.ts'
import { recordOf } from './record.ts'

const BATCH = 4
const byName = (tensors: readonly FloatTensor[]) => new Map(tensors.map(({ name, data }) => [name, data]))
const NPY_HEADER_BYTES = 128
const layer = (class_name: string, config: object) => ({ class_name, config })

await openEngine('native')

describe('weights that are brought', () => {
  let folder: string
  let count = 0
  let json: Record<string, unknown>
  let images: Float32Array
  let answers: Float32Array
  const written = (name: string) => ({ name, path: join(folder, name) })
  const readNpy = async (name: string) =>
    new Float32Array(Uint8Array.from((await readFile(join(folder, name))).subarray(NPY_HEADER_BYTES)).buffer)

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thresher-import-'))
    const script = fileURLToPath(new URL('write_keras.py', import.meta.url))
    await promisify(execFile)(await pythonWithReaders(), [script, folder])
    json = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'))
    images = await readNpy('images.npy')
    answers = await readNpy('answers.npy')
  })
  after(() => rm(folder, { recursive: true, force: true }))

  async function bring(names: string[], model?: ModelRequest, state?: string) {
    const workDir = join(folder, `work-${count++}`)
    await mkdir(workDir)
    const upload = { model, files: names.map(written), ...(state && { state: written(state) }) }
    const imported = await importModel(upload, workDir)
    return { ...imported, ...decodeCheckpoint(await readFile(imported.checkpoint!)) }
  }

  /** What the network makes of the images with what was read, as Keras gives it. */
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
    ['.h5 of the older Keras', ['legacy.h5'], true],
    ['.weights.h5', ['model.weights.h5'], false],
    ['.weights.h5 beside a .json', ['model.json', 'model.weights.h5'], true],
  ] as const) {
    it(`a ${what} file of Keras answers as in Keras`, async () => {
      assertClose(answer(await bring([...names], brings ? undefined : { topology: json })), answers)
    })
  }

  for (const [what, names, brings] of [
    ['.keras', ['prepared.keras'], true],
    ['.h5 of the older Keras', ['prepared.h5'], true],
    ['.weights.h5', ['prepared.weights.h5'], false],
  ] as const) {
    it(`a ${what} file brings the statistics by which a model prepares its examples`, async () => {
      const topology = JSON.parse(await readFile(join(folder, 'prepared.json'), 'utf8'))
      const { checkpoint } = await bring([...names], brings ? undefined : { topology })
      const { params, statistics = [] } = checkpoint.state.variables
      const { spec } = recordOf('mnist-mlp', 0)
      const model = { spec, topology: topologyFromKeras(topology), weights: params!, statistics, step: 0 }
      const logits = predict(model, await readNpy('rows.npy'), BATCH)
      assertClose(softmax(logits, BATCH), await readNpy('prepared.npy'))
    })
  }

  it('weights of layers with slashes in their names are found under the names that they have here', async () => {
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
    await writeFile(
      join(folder, 'slashes.json'),
      JSON.stringify({ modelTopology: topology, weightsManifest }),
    )
    await writeFile(join(folder, 'slashes.bin'), new Uint8Array(Float32Array.of(1, 2, 3).buffer))
    const tfjs = (await bring(['slashes.json', 'slashes.bin'])).checkpoint
    assert.deepEqual(values(tfjs.state.variables.params!), expected)
  })

  it('the files of TensorFlow.js answer as in Keras', async () => {
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
    await writeFile(join(folder, 'tfjs.json'), entries['model.json']!)
    await writeFile(join(folder, 'weights.bin'), entries['weights.bin']!)
    assertClose(answer(await bring(['tfjs.json', 'weights.bin'])), answers)
    await assert.rejects(
      bring(['tfjs.json', 'legacy.h5']),
      /names the file weights\.bin, which was not uploaded/,
    )
  })

  it("this service's own files come back as they were, PyTorch's layout and its optimizer's state too", async () => {
    const record = recordOf('mnist-lenet', 0.02)
    const model = modelFromCheckpoint(record.spec, record.checkpoint!)
    const files = {
      'sparse.safetensors': await encodeArtifact('model.sparse.safetensors', record),
      'dense.safetensors': await encodeArtifact('model.safetensors', record),
      'torch.safetensors': await encodeArtifact('model.safetensors', record, { layout: 'torch' }),
      'state.safetensors': await encodeArtifact('optimizer-state.safetensors', record),
    }
    for (const [name, { bytes }] of Object.entries(files)) await writeFile(join(folder, name), bytes)
    for (const name of ['sparse.safetensors', 'dense.safetensors', 'torch.safetensors']) {
      const { checkpoint, hasState } = await bring([name], { preset: 'mnist-lenet' }, 'state.safetensors')
      const { params, accumulator } = checkpoint.state.variables
      assert.deepEqual(byName(params!), byName(model.weights))
      assert.deepEqual(byName(accumulator!), byName(model.dualAverage!.accumulator))
      const { step, l1 } = record.checkpoint!.state.clock
      assert.deepEqual([hasState, checkpoint.state.clock], [true, { step, l1, time: 0 }])
    }
  })

  it('weights that the network has no place for, and weights that did not come, are warned of', async () => {
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
    const network = await importModel({ files: [written('tfjs.json')] }, folder)
    assert.deepEqual([network.checkpoint, network.warnings[0]?.code], [undefined, 'weights_left_out'])
  })

  it('half precision is widened, and names of data-parallel training are read', async () => {
    const { tensors } = decodeSafetensors(await readFile(join(folder, 'torch.safetensors')))
    const wrapped = tensors.map(tensor => ({ ...tensor, name: `module.${tensor.name}` }))
    await writeFile(join(folder, 'wrapped.safetensors'), encodeSafetensors(wrapped))
    const record = recordOf('mnist-lenet', 0.02)
    const { bytes } = await encodeArtifact('model.safetensors', record, { layout: 'torch', dtype: 'bf16' })
    await writeFile(join(folder, 'half.safetensors'), bytes)
    const whole = (await bring(['wrapped.safetensors'], { preset: 'mnist-lenet' })).checkpoint
    const half = (await bring(['half.safetensors'], { preset: 'mnist-lenet' })).checkpoint
    half.state.variables.params!.forEach(({ data }, index) => {
      const exact = whole.state.variables.params![index]!.data
      data.forEach((value, i) => {
        assert.ok(Math.abs(value - exact[i]!) <= Math.abs(exact[i]!) / 128)
      })
    })
  })

  it('a module with names of its own is matched by shape and position, never by guess', async () => {
    const { params } = (await bring(['torch.safetensors'], { preset: 'mnist-lenet' })).checkpoint.state
      .variables
    const { tensors } = decodeSafetensors(await readFile(join(folder, 'torch.safetensors')))
    const position = new Map([
      ['conv1', 0],
      ['conv2', 3],
      ['fc1', 7],
      ['fc2', 10],
    ])
    const numbered = tensors.map(tensor => {
      const [layer, word] = tensor.name.split('.')
      return { ...tensor, name: `net.${position.get(layer!)}.${word}` }
    })
    await writeFile(join(folder, 'numbered.safetensors'), encodeSafetensors(numbered))
    const byShape = (await bring(['numbered.safetensors'], { preset: 'mnist-lenet' })).checkpoint
    assert.deepEqual(byName(byShape.state.variables.params!), byName(params!))

    const dense = (name: string) => layer('Dense', { name, units: 4 })
    const input = layer('InputLayer', { name: 'points', batch_shape: [null, 4] })
    const topology = {
      class_name: 'Sequential',
      config: { layers: [input, dense('first'), dense('second')] },
    }
    const square = (module: string, value: number) => [
      {
        name: `${module}.weight`,
        dtype: 'F32' as const,
        shape: [4, 4],
        data: new Float32Array(16).fill(value),
      },
      { name: `${module}.bias`, dtype: 'F32' as const, shape: [4], data: new Float32Array(4).fill(value) },
    ]
    const files = { two: ['2', '10'], words: ['encoder', 'decoder'], three: ['0', '1', '2'] }
    for (const [name, modules] of Object.entries(files)) {
      const written = modules.flatMap((module, index) => square(module, index + 1))
      await writeFile(join(folder, `${name}.safetensors`), encodeSafetensors(written))
    }
    const two = byName((await bring(['two.safetensors'], { topology })).checkpoint.state.variables.params!)
    assert.deepEqual([two.get('first/kernel')![0], two.get('second/kernel')![0]], [1, 2])
    await assert.rejects(
      bring(['words.safetensors'], { topology }),
      /both \[4,4\]: call them as the model does/,
    )
    await assert.rejects(
      bring(['three.safetensors'], { topology }),
      /2 are wanted like first\.weight \[4,4\], and 3 are there/,
    )
  })

  it('a config that inflates beyond measure is refused by name', async () => {
    const config = new Uint8Array(17 * 1024 ** 2)
    await writeFile(join(folder, 'swollen.keras'), zipSync({ 'config.json': config }))
    await assert.rejects(bring(['swollen.keras']), {
      name: 'FormatError',
      message: /^swollen\.keras: config\.json has more than the 16777216 bytes/,
    })
  })

  it('what libraries say of a file that they cannot read is the cause of a sentence that names the file', async () => {
    const line = { class_name: 'Sequential', config: { layers: [] as object[] } }
    line.config.layers.push(layer('InputLayer', { name: 'points', batch_shape: [null, 2] }))
    line.config.layers.push(layer('Dense', { name: 'line', units: 1 }))
    const header = (text: string) => {
      const length = Buffer.alloc(8)
      length.writeBigUInt64LE(BigInt(text.length))
      return Buffer.concat([length, Buffer.from(text)])
    }
    const offsets = { dtype: 'F32', shape: [1], data_offsets: [-4, 0] }
    await writeFile(join(folder, 'minus.safetensors'), header(JSON.stringify({ x: offsets })))
    const quantization = { dtype: 'uint4', scale: 1, min: 0 }
    const weights = [{ name: 'line/kernel', shape: [2, 1], dtype: 'float32', quantization }]
    const weightsManifest = [{ paths: ['q.bin'], weights }]
    await writeFile(join(folder, 'q.json'), JSON.stringify({ modelTopology: line, weightsManifest }))
    await writeFile(join(folder, 'q.bin'), new Uint8Array(2))
    const healthy = await readFile(join(folder, 'model.weights.h5'))
    const WRONG: [string[], RegExp][] = [
      [['null.weights.h5'], /^layers\/dense\/vars\/0 is empty: it holds no numbers$/],
      [['broken.weights.h5'], /^broken\.weights\.h5 is damaged[^:\n]*$/],
      [
        ['minus.safetensors'],
        /^minus\.safetensors is damaged, or is no safetensors file: tensor "x": `data_offsets` must be two whole numbers/,
      ],
      [
        ['q.json', 'q.bin'],
        /^model\.json: weightsManifest\[0\]\.weights\[0\]\.quantization is not supported: .*uint8 or uint16.*float16$/,
      ],
    ]
    // Signature and size stay; the tables of what is where are gone.
    await writeFile(join(folder, 'broken.weights.h5'), Buffer.from(healthy).fill(0xff, 600, 6000))
    for (const [names, message] of WRONG)
      await assert.rejects(bring(names, { topology: line }), { name: 'FormatError', message })
  })

  it('a .keras file is refused when a byte of its weights is not as it was', async () => {
    const members = unzipSync(await readFile(join(folder, 'model.keras')))
    const damaged = Buffer.from(zipSync(members, { level: 0 }))
    damaged[damaged.indexOf(members['model.weights.h5']!) + 5000]! ^= 1
    await writeFile(join(folder, 'flipped.keras'), damaged)
    await assert.rejects(bring(['flipped.keras']), {
      message: 'flipped.keras is damaged: the checksum of model.weights.h5 does not match',
    })
  })

  it('weights that lie in other files of the host are never read', async () => {
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
        message: /^layers\/dense\/vars\/0 .*lies in another file$/,
      })
  })

  const lenet = { preset: 'mnist-lenet' } as const
  it('what does not fit is refused by the tensor', async () => {
    await writeFile(join(folder, 'text.safetensors'), 'no tensors')
    await writeFile(join(folder, 'text.h5'), 'no tensors')
    const few = [{ name: 'conv1.bias', dtype: 'F32' as const, shape: [20], data: new Float32Array(20) }]
    await writeFile(join(folder, 'few.safetensors'), encodeSafetensors(few))
    const odd = [{ ...few[0]!, shape: [21], data: new Float32Array(21) }]
    await writeFile(join(folder, 'odd.safetensors'), encodeSafetensors(odd))
    await assert.rejects(bring(['text.safetensors'], lenet), { name: 'FormatError' })
    await assert.rejects(bring(['text.h5'], lenet), { name: 'FormatError', message: /text\.h5/ })
    await assert.rejects(
      bring(['few.safetensors'], lenet),
      /there is no conv1\/kernel \[5,5,1,20\]; there is: conv1\.bias \[20\]/,
    )
    await assert.rejects(
      bring(['odd.safetensors'], lenet),
      /conv1\.bias has shape \[21\], but conv1\.bias needs \[20\]/,
    )
    await assert.rejects(bring(['model.weights.h5'], lenet), /has shape \[3,3,3,6\], but conv1\/kernel needs/)
    await assert.rejects(bring(['state.safetensors'], lenet), /no tensor has a name of the model/)
    await assert.rejects(bring(['torch.safetensors']), /no file brings a topology/)
    await assert.rejects(
      bring(['saved_model.pb', 'variables.index'], lenet),
      /saved_model\.pb is of a TensorFlow SavedModel, which is not read: .*model\.save\('NAME\.keras'\)/,
    )
    await writeFile(join(folder, 'bare.json'), JSON.stringify(json))
    await assert.rejects(
      bring(['bare.json', 'weights.bin']),
      /bare\.json has no weightsManifest, which says what is in weights\.bin/,
    )
    await assert.rejects(bring(['net.pth'], lenet), /is a pickle of PyTorch, which is never opened/)
    await assert.rejects(
      bring(['torch.safetensors'], lenet, 'torch.safetensors'),
      /has no state\.0\.accumulator/,
    )
    const { tensors } = decodeSafetensors(await readFile(join(folder, 'state.safetensors')))
    const groups = tensors.map(tensor =>
      tensor.name === 'state.3.l1_accumulation' ? { ...tensor, data: Float64Array.of(0.5) } : tensor,
    ) as typeof tensors
    await writeFile(join(folder, 'groups.safetensors'), encodeSafetensors(groups))
    await assert.rejects(
      bring(['torch.safetensors'], lenet, 'groups.safetensors'),
      /l1_accumulation differs between parameters.*: 0\.02, 0\.5/,
    )
  })
})
