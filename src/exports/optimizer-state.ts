import type { NamedTensor } from '#formats/named-tensor.ts'
import { encodeSafetensors } from '#formats/safetensors.ts'
import { modelMetadata } from './model-metadata.ts'
import { NothingToEncode } from './nothing-to-encode.ts'
import { toTorchLayout } from './torch-layout.ts'
import type { TrainedModel } from './trained-model.ts'

/**
 * gRDA's state under the names of the original's PyTorch optimizer: of parameter i of the model, `state.<i>.accumulator` in
 * PyTorch's layout, `state.<i>.iter_num` and `state.<i>.l1_accumulation`. A parameter that is not penalised has no threshold: 0.
 *
 * @throws NothingToEncode for other optimizers
 */
export function encodeOptimizerState({
  spec,
  topology,
  weights,
  dualAverage,
  step,
}: TrainedModel): Uint8Array {
  if (!dualAverage)
    throw new NothingToEncode(`There is such a file of gRDA alone, not of ${spec.optimizer.name}.`)
  const { accumulator, l1 } = dualAverage
  const tensors = toTorchLayout(topology, accumulator).flatMap((tensor, index): NamedTensor[] => {
    const isPenalised = accumulator[index] !== weights[index]
    const part = (name: string) => `state.${index}.${name}`
    return [
      { ...tensor, name: part('accumulator') },
      { name: part('iter_num'), shape: [], dtype: 'I64', data: BigInt64Array.of(BigInt(step)) },
      {
        name: part('l1_accumulation'),
        shape: [],
        dtype: 'F64',
        data: Float64Array.of(isPenalised ? l1 : 0),
      },
    ]
  })
  return encodeSafetensors(tensors, { ...modelMetadata(spec), layout: 'torch' })
}
