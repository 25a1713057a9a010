import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'node:test'
import type { ModelRequest } from '#domain/model-spec.ts'
import { decodeCheckpoint } from '#formats/checkpoint.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { encodeArtifact } from '#interchange/encode-artifact.ts'
import { importModel } from '#interchange/import-model.ts'
import { recordOf } from '#test/support/record.ts'

/** A Keras layer as JSON. */
export const layer = (class_name: string, config: object) => ({ class_name, config })

/** Data of tensors, to be compared whatever their order. */
export const byName = (tensors: readonly FloatTensor[]) =>
  new Map(tensors.map(({ name, data }) => [name, data]))

/** A folder for files of models, while the tests of this suite run, and the import of them. */
export function modelImports() {
  let folder: string
  let count = 0
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thresher-import-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))
  const pathOf = (name: string) => join(folder, name)
  const file = (name: string) => ({ name, path: pathOf(name) })

  /** Imports files of the folder by their names. */
  async function bring(names: string[], model?: ModelRequest, state?: string) {
    const output = pathOf(`output-${count++}`)
    await mkdir(output)
    const upload = { model, files: names.map(file), ...(state && { state: file(state) }) }
    const imported = await importModel(upload, output)
    return { ...imported, ...decodeCheckpoint(await readFile(imported.checkpoint!)) }
  }
  return { pathOf, file, bring }
}

/** Writes the safetensors that this service makes of a LeNet-5, by the names that tests use. @returns what they were made from */
export async function writeLenet(pathOf: (name: string) => string) {
  const record = recordOf('mnist-lenet', 0.02)
  const files = {
    'sparse.safetensors': await encodeArtifact('model.sparse.safetensors', record),
    'dense.safetensors': await encodeArtifact('model.safetensors', record),
    'torch.safetensors': await encodeArtifact('model.safetensors', record, { layout: 'torch' }),
    'state.safetensors': await encodeArtifact('optimizer-state.safetensors', record),
  }
  for (const [name, { bytes }] of Object.entries(files)) await writeFile(pathOf(name), bytes)
  return record
}
