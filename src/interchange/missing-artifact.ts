import type { ArtifactName } from '#domain/artifact.ts'
import { EXPORTING_OPTIMIZER, type OptimizerSpec, optimizerTraits } from '#domain/optimizer-spec.ts'
import type { Topology } from '#network/topology.ts'
import { isHalfAffine } from '#network/variables.ts'

/** Why there is no such file of a training, as a sentence; undefined where there is one. */
export function whyMissing(
  name: ArtifactName,
  topology: Topology,
  optimizer: Pick<OptimizerSpec, 'name'>,
): string | undefined {
  if (name === 'optimizer-state.safetensors' && !optimizerTraits(optimizer).exportsState)
    return `There is such a file of ${optimizerTraits({ name: EXPORTING_OPTIMIZER }).title} alone, not of ${optimizer.name}.`
  const half = topology.layers.find(isHalfAffine)
  if (name === 'optimizer-state.safetensors' && half)
    return `PyTorch's optimizers count parameters that ${half.name} does without: its batch normalisations have weight and bias both, or neither.`
  const gru = topology.layers.find(({ type }) => type === 'gru')
  if (name === 'model.tfjs.zip' && gru)
    return `TensorFlow.js has no GRU like ${gru.name}, whose reset gate acts behind the recurrent kernel (reset_after).`
  return undefined
}
