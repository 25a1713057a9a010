import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import type { TrainedModel } from '#formats/trained-model.ts'
import { encodeModel } from '#interchange/encode-artifact.ts'
import { modelOf } from '#test/interchange/model-of.ts'
import { LAYOUT_NETWORKS } from './layout-networks.ts'
import { runPythonTests } from './python-tests.ts'

let folder: string

/** Zeros enough for every sparse encoding. */
function pruned(model: TrainedModel): TrainedModel {
  const { weights, topology, spec } = model
  const prune = (value: number, index: number) => (index % 9 === 0 ? value : 0)
  const sparse = weights.map(weight => ({ ...weight, data: weight.data.map(prune) }))
  return { ...model, weights: sparse, spec: { ...spec, model: { topology } } }
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thresher-layouts-'))
  for (const [name, json] of Object.entries(LAYOUT_NETWORKS)) {
    const model = pruned(modelOf(json))
    const files = {
      'sparse.safetensors': await encodeModel('model.sparse.safetensors', model),
      'sparse.safetensors.zst': await encodeModel('model.sparse.safetensors.zst', model),
      'sparse.bf16.safetensors': await encodeModel('model.sparse.safetensors', model, { dtype: 'bf16' }),
      'sparse.int8.safetensors': await encodeModel('model.sparse.safetensors', model, { dtype: 'int8' }),
      'sparse.int8.safetensors.zst': await encodeModel('model.sparse.safetensors.zst', model, {
        dtype: 'int8',
      }),
      'dense.safetensors': await encodeModel('model.safetensors', model),
      'torch.safetensors': await encodeModel('model.safetensors', model, { layout: 'torch' }),
      keras: await encodeModel('model.keras', model, { graph: 'logits', preprocessing: 'none' }),
    }
    for (const [ending, { bytes }] of Object.entries(files))
      await writeFile(join(folder, `${name}.${ending}`), bytes)
  }
})
after(() => rm(folder, { recursive: true, force: true }))

it('load_sparse reads every variant of a file, torch_layout equals the export for PyTorch, and to_keras fills the exported model', () =>
  runPythonTests('test_layouts.py', { LAYOUTS: folder, KERAS_BACKEND: 'jax' }))
