import { digestWeights } from '#formats/checkpoint.ts'
import { softThreshold } from '#formats/trained-model.ts'
import type { TrainingRecord } from '#interchange/encode-artifact.ts'

/** The number of dead channels by layer. */
export const DEAD_IN_LENET: Readonly<Record<string, number>> = { conv1: 4, conv2: 11, fc1: 120 }
/** The layer whose dead channels keep a bias: they are constants. */
const CONSTANT = 'conv2'

/** A record of mnist-lenet whose first channels of these layers have no weights. */
export function withDeadChannels({ checkpoint, ...record }: TrainingRecord): TrainingRecord {
  const { clock, variables } = checkpoint!.state
  const accumulator = variables.accumulator!.map(tensor => {
    const [layer, word] = tensor.name.split('/') as [string, string]
    const dead = DEAD_IN_LENET[layer] ?? 0
    if (word === 'bias' && layer === CONSTANT)
      return { ...tensor, data: tensor.data.map(value => value + 0.5) }
    const channels = tensor.shape.at(-1)!
    return { ...tensor, data: tensor.data.map((value, index) => (index % channels < dead ? 0 : value)) }
  })
  const weights = accumulator.map(tensor => ({ ...tensor, data: softThreshold(tensor.data, clock.l1!) }))
  const state = { clock, variables: { ...variables, accumulator } }
  return { ...record, checkpoint: { ...checkpoint!, state, weights: digestWeights(weights) } }
}
