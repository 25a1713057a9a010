import { z } from 'zod'
import type { Refuse } from '#network/check-topology.ts'
import { MOST_NAME_LENGTH } from './model-json.ts'

/** The arguments with which a functional model calls a layer. */
export interface KerasCall {
  /** The names of its input layers. */
  inputs: readonly string[]
  /** The argument `training` of the call; absent, the layer runs in the mode of the model. */
  training: boolean | undefined
}

const LayerName = z.string().max(MOST_NAME_LENGTH)
const Arguments = z.record(z.string(), z.unknown())
/** ["layer", 0, 0, {}]: the layer's name, the indices of its use and output, and the other arguments of the call. */
const Tensor2 = z.tuple([LayerName, z.int(), z.int()]).rest(Arguments)
const Call2 = z.union([Tensor2.transform(tensor => [tensor]), z.array(Tensor2)])

const Tensor3 = z
  .object({
    class_name: z.literal('__keras_tensor__'),
    config: z.object({ keras_history: z.tuple([LayerName, z.int(), z.int()]) }),
  })
  .transform(({ config }) => config.keras_history)
const Call3 = z.object({
  args: z.tuple([z.union([Tensor3.transform(tensor => [tensor]), z.array(Tensor3)])]).rest(z.unknown()),
  kwargs: Arguments.nullish(),
})

/**
 * Keras 2 writes [[["layer", 0, 0, {}], ...]], Keras 3 [{ args: [tensor or tensors], kwargs }], both with an entry for every use of the
 * layer. @param refuse throws an error for a place below `path`
 */
export function readCall(nodes: readonly unknown[], path: string, refuse: Refuse): KerasCall {
  if (nodes.length === 0) return { inputs: [], training: undefined }
  if (nodes.length > 1) refuse(path, 'uses the layer more than once: shared layers are not supported')
  const { data: call2 } = Call2.safeParse(nodes[0])
  if (call2) {
    const others = Object.assign({}, ...call2.flatMap(tensor => tensor.slice(3)))
    return { inputs: call2.map(([name]) => name), training: trainingOf(others, `${path}.0`, refuse) }
  }
  const { data: call3 } = Call3.safeParse(nodes[0])
  if (!call3) return refuse(`${path}.0`, 'must name the input layers, as model.to_json() writes them')
  const [tensors, ...others] = call3.args
  const positional = others.map((value, index) => [`args.${index + 1}`, value])
  const named = Object.entries(call3.kwargs ?? {}).map(([key, value]) => [`kwargs.${key}`, value])
  const flat = Object.fromEntries([...positional, ...named])
  return { inputs: tensors.map(([name]) => name), training: trainingOf(flat, `${path}.0`, refuse) }
}

/** Any other argument of a call changes what the layer computes. */
function trainingOf(
  others: Readonly<Record<string, unknown>>,
  path: string,
  refuse: Refuse,
): boolean | undefined {
  let training: boolean | undefined
  for (const [key, value] of Object.entries(others)) {
    if (value === null) continue
    const isTraining = /^((kwargs\.)?training|args\.1)$/.test(key) && typeof value === 'boolean'
    if (!isTraining) refuse(`${path}.${key}`, 'is not supported: call the layer with its input only')
    training = value
  }
  return training
}
