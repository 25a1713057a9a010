import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as tfl from '@tensorflow/tfjs'
import { unzipSync } from 'fflate'
import { encodeArtifact } from '#exports/encode-artifact.ts'
import { encodeNpy } from '#exports/npz.ts'
import { modelFromCheckpoint } from '#exports/trained-model.ts'
import { openEngine } from '#workers/engine/engine.ts'
import { assertClose, predict, someImages } from './predict.ts'
import { pythonWithReaders } from './readers.ts'
import { recordOf } from './record.ts'

const SCRIPT = fileURLToPath(new URL('read_exports.py', import.meta.url))
const BATCH = 2
const NPY_HEADER_BYTES = 128

await openEngine('native')

for (const [preset, l1] of [
  ['mnist-lenet', 0.02],
  ['resnet50', 0.015],
] as const) {
  describe(`a ${preset}, exported`, () => {
    const record = recordOf(preset, l1)
    const model = modelFromCheckpoint(record.spec, record.checkpoint!)
    const { inputShape } = model.topology
    const images = someImages(inputShape, BATCH)
    const expected = predict(model, images, BATCH)
    let folder: string

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'thresher-exports-'))
      for (const name of [
        'model.keras',
        'model.weights.h5',
        'model.onnx',
        'weights.npz',
        'model.safetensors',
      ] as const)
        await writeFile(join(folder, name), (await encodeArtifact(name, record)).bytes)
      const dense = await encodeArtifact('model.onnx', record, { weights: 'dense' })
      await writeFile(join(folder, 'model.onnx-dense'), dense.bytes)
      await writeFile(join(folder, 'images.npy'), encodeNpy({ shape: [BATCH, ...inputShape], data: images }))
      await promisify(execFile)(await pythonWithReaders(), [SCRIPT, folder])
    })
    after(() => rm(folder, { recursive: true, force: true }))

    for (const reader of ['keras', 'keras-weights', 'onnx', 'onnx-dense']) {
      it(`predicts the same as ${reader}`, async () => {
        const file = await readFile(join(folder, `${reader}.npy`))
        assertClose(new Float32Array(file.buffer.slice(file.byteOffset + NPY_HEADER_BYTES)), expected)
      })
    }

    it('predicts the same as loaded by TensorFlow.js', async () => {
      const { bytes } = await encodeArtifact('model.tfjs.zip', record)
      const files = unzipSync(bytes)
      const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(files['model.json']))
      const loaded = await tfl.loadLayersModel(
        tfl.io.fromMemory({
          modelTopology,
          weightSpecs: weightsManifest[0].weights,
          weightData: files['weights.bin']!.slice().buffer,
        }),
      )
      const logits = loaded.predict(tfl.tensor(images, [BATCH, ...inputShape])) as tfl.Tensor
      assertClose(logits.dataSync(), expected)
    })

    it('is the same bytes again', async () => {
      for (const name of [
        'model.keras',
        'model.weights.h5',
        'model.onnx',
        'weights.npz',
        'model.tfjs.zip',
      ] as const) {
        const [one, two] = [await encodeArtifact(name, record), await encodeArtifact(name, record)]
        assert.ok(Buffer.from(one.bytes).equals(two.bytes), name)
      }
    })
  })
}
