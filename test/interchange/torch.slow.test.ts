import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { decodeSafetensors, encodeSafetensors } from '#formats/safetensors.ts'
import { modelFromCheckpoint } from '#formats/trained-model.ts'
import { encodeArtifact } from '#interchange/encode-artifact.ts'
import { pythonWith } from '#scripts/python-with.ts'
import { withDeadChannels } from '#test/support/dead-channels.ts'
import { assertClose, predict, someImages } from '#test/support/predict.ts'
import { recordOf } from '#test/support/record.ts'
import { openEngine } from '#workers/engine/open-engine.ts'

const SCRIPT = fileURLToPath(new URL('read_torch.py', import.meta.url))
const BATCH = 2

await openEngine('native')

for (const [preset, l1] of [
  ['mnist-lenet', 0.02],
  ['resnet50', 0.015],
] as const) {
  it(`a ${preset} loads into a PyTorch module and predicts the same, its optimizer's state giving its weights`, async () => {
    const python = await pythonWith(['torch==2.15.0', 'numpy==2.4.6', 'safetensors==0.8.0'])
    const folder = await mkdtemp(join(tmpdir(), 'thresher-torch-'))
    const isSmall = preset === 'mnist-lenet'
    const record = isSmall ? withDeadChannels(recordOf(preset, l1)) : recordOf(preset, l1)
    const model = modelFromCheckpoint(record.spec, record.checkpoint!)
    const { inputShape } = model.topology
    const data = someImages(inputShape, BATCH)
    const images = { name: 'images', dtype: 'F32' as const, shape: [BATCH, ...inputShape], data }
    const files = {
      'model.torch.safetensors': await encodeArtifact('model.safetensors', record, { layout: 'torch' }),
      'optimizer-state.safetensors': await encodeArtifact('optimizer-state.safetensors', record),
      ...(isSmall && {
        'compact.torch.safetensors': await encodeArtifact('model.safetensors', record, {
          layout: 'torch',
          structure: 'compact',
        }),
      }),
      'images.safetensors': { bytes: encodeSafetensors([images]) },
    }
    for (const [name, { bytes }] of Object.entries(files)) await writeFile(join(folder, name), bytes)
    await promisify(execFile)(python, [SCRIPT, folder, preset])
    const { tensors } = decodeSafetensors(await readFile(join(folder, 'torch.safetensors')))
    assert.equal(tensors.length, isSmall ? 2 : 1)
    for (const answers of tensors) assertClose(answers.data as Float32Array, predict(model, data, BATCH))
    await rm(folder, { recursive: true })
  })
}
