import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Warning } from '#domain/event.ts'
import type { ModelRequest } from '#domain/model-spec.ts'
import { digestWeights, encodeCheckpoint } from '#formats/checkpoint.ts'
import { FormatError } from '#formats/format-error.ts'
import type { SourceFile } from '#ingest/source-file.ts'
import { resolveNetwork } from '#network/network.ts'
import { type FoundTensors, weightsFrom } from './found-tensors.ts'
import { listed } from './keras/word.ts'
import { readNetwork } from './network-of.ts'
import { readModel } from './read-model.ts'
import { readWhole } from './read-whole.ts'
import { readOptimizerState } from './torch/read-optimizer-state.ts'

/** The files and the network of an upload. */
export interface ModelUpload {
  /** Absent if a file contains it. */
  model?: ModelRequest | undefined
  files: readonly SourceFile[]
  /** The state of the optimizer: an optimizer-state.safetensors. */
  state?: SourceFile | undefined
}

export interface ImportedModel {
  model: ModelRequest
  /** A checkpoint file with the weights, and the optimizer's state if there is one; absent if the upload has only a topology. */
  checkpoint?: string
  hasState: boolean
  /** Differences between training and the files. */
  warnings: readonly Warning[]
}

/**
 * Makes a checkpoint of the weights of an upload. @param folder for the checkpoint and temporary files
 * @throws FormatError that names the wrong file and the place in it; AppError for an unsupported model
 */
export async function importModel(
  { model: given, files, state }: ModelUpload,
  folder: string,
): Promise<ImportedModel> {
  const { model, found, warnings: ofFiles } = await readModel(given, files, folder)
  if (!model) throw new FormatError('no file contains a topology: give it in the spec, or name a preset')
  const { topology, warnings: ofNetwork } = readNetwork(model)
  const network = resolveNetwork(topology)
  const weights = found?.(network)
  const warnings = [...ofNetwork, ...ofFiles, ...(weights ? tensorsLeftOut(weights) : [])]
  if (!weights && !state) return { model, hasState: false, warnings }
  if (!weights) throw new FormatError('there is an optimizer state, but no weights')
  const { params, statistics } = weightsFrom(network, weights.tensors)
  const optimizerState = state && readOptimizerState(await readWhole(state), network)
  const path = join(folder, 'model.safetensors')
  const checkpoint = encodeCheckpoint(
    {
      state: {
        clock: { step: optimizerState?.step ?? 0, ...(optimizerState && { l1: optimizerState.l1, time: 0 }) },
        variables: {
          params,
          ...(statistics.length > 0 && { statistics }),
          ...(optimizerState && { accumulator: optimizerState.accumulator }),
        },
      },
      weights: digestWeights(params),
      epoch: 0,
    },
    { training: '', engine: '' },
  )
  await writeFile(path, checkpoint)
  return { model, checkpoint: path, hasState: optimizerState !== undefined, warnings }
}

function tensorsLeftOut({ tensors, names }: FoundTensors): Warning[] {
  const read = new Set([...tensors.values()].map(({ source }) => source))
  const left = names.filter(name => !read.has(name))
  if (left.length === 0) return []
  const message = `the network has no variable for ${listed(left)}: the file contains more tensors than the network has.`
  return [{ code: 'tensors_left_out', path: 'file', message }]
}
