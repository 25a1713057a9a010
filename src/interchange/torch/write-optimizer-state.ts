import { modelMetadata } from '#formats/model-metadata.ts'
import type { NamedTensor } from '#formats/named-tensor.ts'
import { encodeSafetensors } from '#formats/safetensors.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { whyMissing } from '#interchange/missing-artifact.ts'
import { NothingToEncode } from '#interchange/nothing-to-encode.ts'
import { placeLayers } from '#network/place-layers.ts'
import { torchLayout } from './torch-layout.ts'

/**
 * gRDA's state under the names of the original PyTorch optimizer: for parameter i of the model `state.<i>.accumulator` in PyTorch's layout,
 * `state.<i>.iter_num` and `state.<i>.l1_accumulation`. An excluded parameter has the threshold 0.
 * @throws NothingToEncode for other optimizers
 */
export function encodeOptimizerState(model: TrainedModel): Uint8Array {
  const { spec, topology, weights, dualAverage } = model
  const reason = whyMissing('optimizer-state.safetensors', topology, spec.optimizer)
  if (reason) throw new NothingToEncode(reason)
  if (!dualAverage) throw new NothingToEncode('The weights were cut, so no optimizer state determines them.')
  const { accumulator, l1, step } = dualAverage
  const convert = torchLayout(placeLayers(topology))
  const parameters = accumulator.flatMap((v, position) => {
    const isPenalised = v !== weights[position]
    return convert(v).map(tensor => ({ tensor, threshold: isPenalised ? l1 : 0 }))
  })
  const tensors = parameters.flatMap(({ tensor, threshold }, index): NamedTensor[] => {
    const part = (name: string) => `state.${index}.${name}`
    return [
      { ...tensor, name: part('accumulator') },
      { name: part('iter_num'), shape: [], dtype: 'I64', data: BigInt64Array.of(BigInt(step)) },
      { name: part('l1_accumulation'), shape: [], dtype: 'F64', data: Float64Array.of(threshold) },
    ]
  })
  return encodeSafetensors(tensors, { ...modelMetadata(model), layout: 'torch' })
}
