import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as tfl from '@tensorflow/tfjs'
import { modelFromCheckpoint } from '#formats/trained-model.ts'
import { encodeArtifact } from '#interchange/encode-artifact.ts'
import { encodeNpy } from '#interchange/numpy/write-npz.ts'
import { withDeadChannels } from '#test/support/dead-channels.ts'
import { loadTfjs } from '#test/support/load-tfjs.ts'
import { assertClose, normalised, predict, softmax, somePixels } from '#test/support/predict.ts'
import { pythonWithReaders } from '#test/support/readers.ts'
import { recordOf } from '#test/support/record.ts'
import { openEngine } from '#workers/engine/open-engine.ts'

const SCRIPT = fileURLToPath(new URL('read_exports.py', import.meta.url))
const BATCH = 2
const NPY_HEADER_BYTES = 128
/** By the ending of files and answers: what a query leaves out of the graph. */
const GRAPHS = {
  whole: {},
  logits: { graph: 'logits' },
  bare: { graph: 'logits', preprocessing: 'none' },
  compact: { structure: 'compact' },
} as const

/** The files that hold a graph, which a query may leave something out of. */
const GRAPH_FILES = ['model.keras', 'model.onnx', 'model.tfjs.zip'] as const
const fileOf = (graph: keyof typeof GRAPHS, name: (typeof GRAPH_FILES)[number]) =>
  name.replace('model', graph)

await openEngine('native')

/** The logits of a large network show differences better than probabilities near 1 / 1000. */
const CASES = [
  { preset: 'mnist-lenet', l1: 0.02, graphs: ['whole', 'logits', 'bare', 'compact'] },
  { preset: 'resnet50', l1: 0.015, graphs: ['logits'] },
] as const

for (const { preset, l1, graphs } of CASES) {
  describe(`a ${preset}, exported`, () => {
    const whole = recordOf(preset, l1)
    const record = preset === 'mnist-lenet' ? withDeadChannels(whole) : whole
    const model = modelFromCheckpoint(record.spec, record.checkpoint!)
    const { inputShape } = model.topology
    const pixels = somePixels(inputShape, BATCH)
    const inputs = normalised(pixels, record.spec)
    const logits = predict(model, inputs, BATCH)
    const outputs = softmax(logits, BATCH)
    const expected = { whole: outputs, logits, bare: logits, compact: outputs }
    let folder: string

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'thresher-exports-'))
      const write = (name: string, bytes: Uint8Array) => writeFile(join(folder, name), bytes)
      for (const name of ['model.weights.h5', 'weights.npz', 'model.safetensors'] as const)
        await write(name, (await encodeArtifact(name, record)).bytes)
      for (const graph of graphs) {
        for (const name of GRAPH_FILES)
          await write(fileOf(graph, name), (await encodeArtifact(name, record, GRAPHS[graph])).bytes)
      }
      const dense = { ...GRAPHS[graphs[0]], weights: 'dense' } as const
      await write(`${graphs[0]}.dense.onnx`, (await encodeArtifact('model.onnx', record, dense)).bytes)
      await write('pixels.npy', encodeNpy({ shape: [BATCH, ...inputShape], data: pixels }))
      await write('inputs.npy', encodeNpy({ shape: [BATCH, ...inputShape], data: inputs }))
      if (preset === 'mnist-lenet') {
        const compact = await encodeArtifact('model.weights.h5', record, GRAPHS.compact)
        await write('compact.weights.h5', compact.bytes)
      }
      await promisify(execFile)(await pythonWithReaders(), [SCRIPT, folder, ...graphs])
    })
    after(() => rm(folder, { recursive: true, force: true }))

    for (const [index, graph] of graphs.entries()) {
      const weights = index === 0 || graph === 'compact' ? ['keras.weights'] : []
      const others = index === 0 ? [...weights, 'dense.onnx'] : weights
      for (const reader of ['keras', 'onnx', ...others]) {
        it(`predicts the same as ${graph}.${reader}`, async () => {
          const file = await readFile(join(folder, `${graph}.${reader}.npy`))
          const answers = new Float32Array(file.buffer.slice(file.byteOffset + NPY_HEADER_BYTES))
          assertClose(answers, expected[graph])
        })
      }

      it(`predicts the same as loaded by TensorFlow.js (${graph})`, async () => {
        const bytes = await readFile(join(folder, fileOf(graph, 'model.tfjs.zip')))
        const x = tfl.tensor(graph === 'bare' ? inputs : pixels, [BATCH, ...inputShape])
        assertClose(((await loadTfjs(bytes)).predict(x) as tfl.Tensor).dataSync(), expected[graph])
      })
    }

    it('has the same bytes in a second export', async () => {
      const isAgain = async (path: string, { bytes }: { bytes: Uint8Array }) =>
        assert.ok((await readFile(join(folder, path))).equals(bytes), path)
      for (const name of ['model.weights.h5', 'weights.npz'] as const)
        await isAgain(name, await encodeArtifact(name, record))
      for (const name of GRAPH_FILES)
        await isAgain(fileOf(graphs[0], name), await encodeArtifact(name, record, GRAPHS[graphs[0]]))
    })
  })
}
