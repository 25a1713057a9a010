import * as tf from '@tensorflow/tfjs-core'
import { type Network, trainedLayers } from '#network/network.ts'
import type { PlacedLayer } from '#network/place-layers.ts'
import type { LayerBuilder } from './builders/layer-builder.ts'
import { LAYER_BUILDERS } from './builders/layer-builders.ts'
import type { Forward, Layer, TrainingPass } from './layer.ts'
import type { LinearPieces } from './linear-pieces.ts'
import { pooledConvolutionAt } from './pooled-convolution.ts'
import { rectifiedNormalizationAt } from './rectified-normalization.ts'

/**
 * A network as a function of its variables (parameters and statistics, by name) and a batch [batch, ...inputShape]. `pass` is given in
 * training, and absent in evaluation; `pieces` only in evaluation.
 */
export type Model = (
  variables: tf.NamedTensorMap,
  x: tf.Tensor,
  pass?: TrainingPass,
  pieces?: LinearPieces,
) => ModelForward

export interface ModelForward {
  /** [batch, classes] */
  logits: tf.Tensor2D
  /** The statistics that a training pass has updated; none in evaluation. */
  statistics: tf.NamedTensorMap
  /** The gradients at the parameters, given the loss's gradient at the logits. */
  pullback(dLogits: tf.Tensor): tf.NamedTensorMap
}

/** @param skipping names of the layers whose products leave out the weights that are zero (`zero-skipping.ts`) */
export function modelFromNetwork(
  { placed }: Pick<Network, 'placed'>,
  skipping: ReadonlySet<string> = new Set(),
): Model {
  const nodes = nodesFromLayers(placed, skipping)
  const last = placed.length - 1
  return (variables, x, pass, pieces) => {
    pieces?.rewind()
    const passes = new Map<number, Forward>()
    for (const [position, { layer, inputs }] of nodes) {
      const taken = inputs.map(input => (input === -1 ? x : passes.get(input)!.y))
      passes.set(position, layer({ variables, inputs: taken, pass, pieces }))
    }
    return {
      logits: passes.get(last)!.y as tf.Tensor2D,
      statistics: Object.assign({}, ...[...passes.values()].map(({ statistics }) => statistics)),
      pullback(dLogits) {
        const gradients: tf.NamedTensorMap = {}
        const atOutputs = new Map([[last, dLogits]])
        for (const [position, { inputs, isTrained }] of [...nodes].reverse()) {
          const dy = atOutputs.get(position)
          if (!dy || !isTrained) continue
          const back = passes.get(position)!.pullback(dy)
          Object.assign(gradients, back.gradients)
          for (const [place, input] of inputs.entries()) {
            if (!nodes.get(input)?.isTrained) continue
            const sofar = atOutputs.get(input)
            const dx = back.dx(place)
            atOutputs.set(input, sofar ? tf.add(sofar, dx) : dx)
          }
        }
        return gradients
      },
    }
  }
}

interface Node {
  layer: Layer
  /** Positions; -1 is the network's input. */
  inputs: readonly number[]
  /** Whether a gradient is needed at the node's output: see `trainedLayers`. */
  isTrained: boolean
}

/** By position; a layer that is fused into a later one has no node. */
function nodesFromLayers(
  placed: readonly PlacedLayer[],
  skipping: ReadonlySet<string>,
): ReadonlyMap<number, Node> {
  const trained = trainedLayers(placed)
  const nodes = new Map<number, Node>()
  for (const [position, { inputs }] of placed.entries()) {
    const fusion =
      pooledConvolutionAt(position, placed, skipping) ?? rectifiedNormalizationAt(position, placed)
    const node = fusion ?? { layer: buildLayer(placed[position]!, position, skipping), inputs }
    for (const absorbed of fusion?.absorbed ?? []) nodes.delete(absorbed)
    nodes.set(position, { layer: node.layer, inputs: node.inputs, isTrained: trained[position]! })
  }
  return nodes
}

function buildLayer(placed: PlacedLayer, position: number, skipping: ReadonlySet<string>): Layer {
  const { type, name } = placed.layer
  const build = LAYER_BUILDERS[type] as LayerBuilder
  return build(placed, position, skipping.has(name))
}
