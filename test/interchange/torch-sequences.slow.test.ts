import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { decodeSafetensors, encodeSafetensors } from '#formats/safetensors.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { toTorchLayout } from '#interchange/torch/torch-layout.ts'
import { encodeOptimizerState } from '#interchange/torch/write-optimizer-state.ts'
import { pythonWith } from '#scripts/python-with.ts'
import { assertClose, predict, someInputs } from '#test/support/predict.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { modelOf } from './model-of.ts'

const SCRIPT = fileURLToPath(new URL('read_torch_sequences.py', import.meta.url))
const BATCH = 3
const L1 = 0.05

const layer = (class_name: string, name: string, config: object) => ({
  class_name,
  config: { name, ...config },
})
const input = (...shape: number[]) => layer('InputLayer', 'input', { batch_shape: [null, ...shape] })
const sequential = (...layers: object[]) => ({ class_name: 'Sequential', config: { layers } })

/** The modules of read_torch_sequences.py. */
const MODELS = {
  lstm: sequential(
    input(9),
    layer('Embedding', 'embedding', { input_dim: 20, output_dim: 6 }),
    layer('LSTM', 'lstm', { units: 8 }),
    layer('LayerNormalization', 'norm', {}),
    layer('Dense', 'dense', { units: 3 }),
  ),
  gru: sequential(
    input(7, 5),
    layer('GRU', 'first', { units: 6, return_sequences: true }),
    layer('GRU', 'second', { units: 7, return_sequences: true, go_backwards: true, use_bias: false }),
    layer('Dense', 'steps', { units: 4 }),
    layer('SimpleRNN', 'last', { units: 6 }),
    layer('Dense', 'dense', { units: 3 }),
  ),
  both: sequential(
    input(7, 5),
    layer('Bidirectional', 'first', { layer: layer('LSTM', 'a', { units: 6, return_sequences: true }) }),
    layer('Bidirectional', 'second', { layer: layer('GRU', 'b', { units: 4 }) }),
    layer('Dense', 'dense', { units: 3 }),
  ),
}

await openEngine('native')

it('networks over sequences load into PyTorch modules and predict the same, the optimizer’s state giving their weights', async () => {
  const python = await pythonWith(['torch==2.15.0', 'numpy==2.4.6', 'safetensors==0.8.0'])
  const folder = await mkdtemp(join(tmpdir(), 'thresher-torch-'))
  const models = Object.entries(MODELS).map(([name, json]) => [name, thresholded(modelOf(json))] as const)
  for (const [name, model] of models) {
    const { inputShape } = model.topology
    const inputs = { shape: [BATCH, ...inputShape], data: someInputs(model.topology, BATCH) }
    const files = {
      safetensors: encodeSafetensors(toTorchLayout(model.topology, model.weights)),
      'state.safetensors': encodeOptimizerState(model),
      'inputs.safetensors': encodeSafetensors([{ name: 'inputs', dtype: 'F32', ...inputs }]),
    }
    for (const [ending, bytes] of Object.entries(files))
      await writeFile(join(folder, `${name}.${ending}`), bytes)
  }
  await promisify(execFile)(python, [SCRIPT, folder])
  for (const [name, model] of models) {
    const { tensors } = decodeSafetensors(await readFile(join(folder, `${name}.logits.safetensors`)))
    const ours = predict(model, someInputs(model.topology, BATCH), BATCH)
    assertClose(tensors[0]!.data as Float32Array, ours)
  }
  await rm(folder, { recursive: true })
})

/** A model whose weights are thresholded accumulators of gRDA. */
function thresholded(model: TrainedModel): TrainedModel {
  const limit = Math.fround(L1)
  const weights = model.weights.map(v => ({
    ...v,
    data: v.data.map(value => value - Math.min(Math.max(value, -limit), limit)),
  }))
  return { ...model, weights, dualAverage: { accumulator: model.weights, l1: L1, step: model.step } }
}
