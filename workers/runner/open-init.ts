import { readFile } from 'node:fs/promises'
import { startsFromUpload } from '#domain/init-spec.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { type Checkpoint, decodeCheckpoint } from '#formats/checkpoint.ts'
import { cutModel } from '#formats/cut-model.ts'
import { modelFromCheckpoint, modelFromState } from '#formats/trained-model.ts'
import { resolveNetwork } from '#network/network.ts'
import type { Start } from '#workers/training/checkpoint.ts'

/** The model that the spec's `init` names, cut if `init.prune` is given, or with its optimizer's state. @param path its checkpoint file */
export async function openInit(path: string, spec: TrainingSpec): Promise<Start> {
  const { optimizerState, prune } = spec.init!
  const isUpload = startsFromUpload(spec.init!)
  const { checkpoint, provenance } = decodeCheckpoint(await readFile(path))
  if (optimizerState) return { state: withState(checkpoint, isUpload) }
  const model = isUpload
    ? modelFromState(spec, resolveNetwork(topologyOf(spec.model)), checkpoint.state)
    : modelFromCheckpoint(JSON.parse(provenance.training), checkpoint)
  const { weights, statistics } = prune ? cutModel(model, prune, spec) : model
  return { state: { variables: { params: weights, ...(statistics.length > 0 && { statistics }) } } }
}

/** The accumulator of an uploaded model determines its weights. The scale that a target chose for another job does not apply. */
function withState({ state: { clock, variables } }: Checkpoint, isUpload: boolean): Start['state'] {
  const { steering: _, ...ownClock } = clock
  const { params, ...others } = variables
  return { clock: ownClock, variables: isUpload ? others : variables }
}
