import { resolveNetwork } from '#network/network.ts'
import { definitionOf, type LayerSpec, type Topology } from '#network/topology.ts'
import { channelsOf } from './channel-rule.ts'
import { findChannels, type LayerChannels, type TensorValues } from './find-channels.ts'
import { ruleOf } from './rules/rules.ts'

/** What was removed from a layer with kernels. */
export interface RemovedChannels {
  layer: string
  /** Before the removal. */
  channels: number
  /** Positions, ascending. */
  removed: number[]
}

export interface SmallerNetwork {
  topology: Topology
  /** The variables and statistics of the topology. */
  values: Map<string, Float32Array>
  /** Of the layers with kernels, in model order; other layers have the channels of their inputs. */
  removed: RemovedChannels[]
}

/**
 * The network without its channels that do nothing: its outputs are the same up to rounding, for every example. Input and output keep their
 * shapes. A constant that a removed channel adds to a layer moves into the bias of the layer, which gets one if it has none.
 * @param values of all variables and statistics of the topology, finite
 */
export function removeChannels(topology: Topology, values: TensorValues): SmallerNetwork {
  const channels = findChannels(topology, values)
  const shrunk = channels.map(one => shrink(one, channels, channelsOf(topology.inputShape)))
  const smaller: Topology = { ...topology, layers: shrunk.map(({ layer }) => layer) }
  const { variables, statistics } = resolveNetwork(smaller)
  const changed = new Map<string, Float32Array>(
    shrunk.flatMap(({ layer, tensors }) =>
      Object.entries(tensors).map(([word, tensor]) => [`${layer.name}/${word}`, tensor] as const),
    ),
  )
  return {
    topology: smaller,
    values: new Map(
      [...variables, ...statistics].map(({ name }) => [name, changed.get(name) ?? values.get(name)!]),
    ),
    removed: channels.filter(numbersChannels).flatMap(removedFrom),
  }
}

function shrink(
  { place, used, kept }: LayerChannels,
  layers: readonly LayerChannels[],
  inputChannels: number,
) {
  const whole = {
    constants: new Float64Array(inputChannels).fill(Number.NaN),
    used: new Uint8Array(inputChannels).fill(1),
    kept: Uint32Array.from({ length: inputChannels }, (_, channel) => channel),
  }
  const inputs = place.inputs.map(input => layers[input] ?? whole)
  const { options, tensors } = ruleOf(place.layer).shrink(place, {
    constants: inputs.map(({ constants }) => constants),
    inputs: inputs.map(input => input.used),
    keptInputs: inputs.map(input => input.kept),
    outputs: used,
    keptOutputs: kept,
  })
  return { layer: { ...place.layer, ...options } as LayerSpec, tensors }
}

/** Whether a layer has kernels: others have the channels of their inputs. */
function numbersChannels({ place }: LayerChannels): boolean {
  return definitionOf(place.layer)
    .variables(place)
    .some(({ kind }) => kind === 'kernel')
}

function removedFrom({ place, kept }: LayerChannels): RemovedChannels[] {
  const channels = channelsOf(place.outputShape)
  if (kept.length === channels) return []
  const isKept = new Set(kept)
  const removed = Array.from({ length: channels }, (_, channel) => channel).filter(
    channel => !isKept.has(channel),
  )
  return [{ layer: place.layer.name, channels, removed }]
}
