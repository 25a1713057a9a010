import type { ArtifactName } from '#domain/artifact.ts'
import type { Topology } from '#network/topology.ts'
import { isHalfAffine } from '#network/variables.ts'
import { EXPORTING_TITLE, type OptimizerSpec, optimizerTraits } from '#optimization/optimizer-spec.ts'
import { kerasCodec } from './keras/layers/keras-codecs.ts'

/** A sentence that explains why a training has no such file; undefined if it has one. */
export function whyMissing(
  name: ArtifactName,
  topology: Topology,
  optimizer: (Pick<OptimizerSpec, 'name'> & { group?: unknown }) | undefined,
): string | undefined {
  if (name === 'optimizer-state.safetensors') {
    if (!optimizer) return 'The weights were cut after the training, so no optimizer state determines them.'
    if (!optimizerTraits(optimizer).exportsState)
      return `${name} exists for ${EXPORTING_TITLE} only, not for ${optimizer.name}.`
    if (optimizer.group)
      return `${name} is the state of the original ${EXPORTING_TITLE}, which has no groups. A job continues with the state of this one by init.optimizerState.`
  }
  const half = topology.layers.find(isHalfAffine)
  if (name === 'optimizer-state.safetensors' && half)
    return `The optimizer state of PyTorch numbers parameters that ${half.name} does not have: a batch normalization of PyTorch has both weight and bias, or neither.`
  if (name !== 'model.tfjs.zip') return undefined
  for (const { type, name } of topology.layers) {
    const missing = kerasCodec(type).missingInTfjs?.(name)
    if (missing) return `TensorFlow.js has no ${missing}.`
  }
  return undefined
}
