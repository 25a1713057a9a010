import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { decodeSparseSafetensors } from '#formats/sparse-safetensors.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { cacheFolder } from '#scripts/cache-folder.ts'
import { installOnce } from '#scripts/install-once.ts'
import { recordOf } from '#test/support/record.ts'

const PROGRAM = fileURLToPath(new URL('train-model.ts', import.meta.url))
const run = promisify(execFile)

/** The jobs whose models are measured. That of mnist-lenet is the original experiment. */
const JOBS = {
  'mnist-mlp': { model: { preset: 'mnist-mlp' }, target: { sparsity: 0.97 } },
  'mnist-lenet': { model: { preset: 'mnist-lenet' } },
  'cifar10-cnn': {
    model: { preset: 'cifar10-cnn' },
    dataset: { id: 'synthetic-cifar10' },
    optimizer: { name: 'grda', learningRate: 0.05, mu: 0.6 },
    batchSize: 64,
    epochs: 5,
    target: { sparsity: 0.97 },
  },
} as const

export type TrainedPreset = keyof typeof JOBS

/** The model of a job with gRDA. The first call trains it for a minute or two, later ones find it in the user's cache folder. */
export async function trainedModel(preset: TrainedPreset): Promise<TrainedModel> {
  const request = JSON.stringify(JOBS[preset])
  const hash = createHash('sha256').update(request).digest('hex').slice(0, 16)
  const home = join(cacheFolder(), `trained-${hash}`)
  await installOnce(home, async folder => {
    const file = join(folder, 'model.sparse.safetensors')
    const { stdout } = await run(process.execPath, ['--import', 'tsx', PROGRAM, request, file])
    console.log(stdout)
    return folder
  })
  const { tensors } = decodeSparseSafetensors(await readFile(join(home, 'model.sparse.safetensors')))
  const { spec, checkpoint } = recordOf(preset, 0)
  const names = checkpoint!.state.variables.accumulator!.map(({ name }) => name)
  const weights = names.map(name => tensors.find(tensor => tensor.name === name) as FloatTensor)
  return { spec, topology: PRESET_TOPOLOGIES[preset], weights, statistics: [], step: 0 }
}
