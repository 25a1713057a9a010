import * as tf from '@tensorflow/tfjs-core'
import { trainedLayers } from '#network/network.ts'
import { type PlacedLayer, placeLayers } from '#network/place-layers.ts'
import type { Topology } from '#network/topology.ts'
import { activationLayer, leakyRelu } from './activation.ts'
import { alongSteps, convolutionAlongSteps } from './along-steps.ts'
import { averagePooling } from './average-pooling.ts'
import { batchNormalization } from './batch-normalization.ts'
import { average, product, sum } from './builders/merging.ts'
import { normalization, rescaling } from './builders/preprocessing.ts'
import { recurrentLayer } from './builders/recurrent.ts'
import { dropout } from './builders/regularization.ts'
import { upSampling } from './builders/reshaping.ts'
import { concatenate } from './concatenate.ts'
import { convolution } from './convolution.ts'
import { cropping } from './cropping.ts'
import { dense } from './dense.ts'
import { depthwiseConvolution, separableConvolution } from './depthwise-convolution.ts'
import { embedding } from './embedding.ts'
import { globalAveragePooling } from './global-average-pooling.ts'
import { globalMaxPooling } from './global-max-pooling.ts'
import { keepDims } from './keep-dims.ts'
import type { Forward, Layer, TrainingPass } from './layer.ts'
import { layerNormalization } from './layer-normalization.ts'
import { maxPooling } from './max-pooling.ts'
import { pooledConvolutionAt } from './pooled-convolution.ts'
import { poolOfRows } from './pooling-window.ts'
import { rectifiedNormalizationAt } from './rectified-normalization.ts'
import { reshape } from './reshape.ts'
import { transposedConvolution } from './transposed-convolution.ts'
import { zeroPadding } from './zero-padding.ts'

/**
 * A network as a function of its variables (parameters and statistics, by name) and a batch [batch, ...inputShape]; with a
 * pass in training, without one in evaluation.
 */
export type Model = (variables: tf.NamedTensorMap, x: tf.Tensor, pass?: TrainingPass) => ModelForward

export interface ModelForward {
  /** [batch, classes] */
  logits: tf.Tensor2D
  /** The statistics that the pass has moved; none in evaluation. */
  statistics: tf.NamedTensorMap
  /** Takes the loss's gradient at the logits to those at the parameters. */
  pullback(dLogits: tf.Tensor): tf.NamedTensorMap
}

export function modelFromTopology(topology: Topology): Model {
  const placed = placeLayers(topology)
  const nodes = nodesFromLayers(placed)
  const last = placed.length - 1
  return (variables, x, pass) => {
    const passes = new Map<number, Forward>()
    for (const [position, { layer, inputs }] of nodes) {
      const taken = inputs.map(input => (input === -1 ? x : passes.get(input)!.y))
      passes.set(position, layer({ variables, inputs: taken, pass }))
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
  /** Whether it has variables, or takes from one that has: only to such a node's output is there a gradient to take. */
  isTrained: boolean
}

/** By position; where a layer's work is done by a later one, there is none. */
function nodesFromLayers(placed: readonly PlacedLayer[]): ReadonlyMap<number, Node> {
  const trained = trainedLayers(placed)
  const nodes = new Map<number, Node>()
  for (const [position, { inputs }] of placed.entries()) {
    const fusion = pooledConvolutionAt(position, placed) ?? rectifiedNormalizationAt(position, placed)
    const node = fusion ?? { layer: layerFromSpec(placed[position]!, position), inputs }
    for (const absorbed of fusion?.absorbed ?? []) nodes.delete(absorbed)
    nodes.set(position, { layer: node.layer, inputs: node.inputs, isTrained: trained[position]! })
  }
  return nodes
}

function layerFromSpec({ layer, outputShape }: PlacedLayer, index: number): Layer {
  const pool = (over: Layer) => (outputShape.length > 1 ? keepDims(over, outputShape) : over)
  switch (layer.type) {
    case 'dense':
      return dense(layer)
    case 'conv2d':
      return convolution(layer)
    case 'depthwiseConv2d':
      return depthwiseConvolution(layer)
    case 'separableConv2d':
      return separableConvolution(layer)
    case 'conv2dTranspose':
      return transposedConvolution(layer, outputShape)
    case 'conv1d':
      return convolutionAlongSteps(layer)
    case 'maxPooling2d':
      return maxPooling(layer)
    case 'maxPooling1d':
      return alongSteps(maxPooling(poolOfRows(layer)))
    case 'averagePooling1d':
      return alongSteps(averagePooling(poolOfRows(layer)))
    case 'globalAveragePooling1d':
      return pool(alongSteps(globalAveragePooling))
    case 'globalMaxPooling1d':
      return pool(alongSteps(globalMaxPooling))
    case 'averagePooling2d':
      return averagePooling(layer)
    case 'zeroPadding2d':
      return zeroPadding(layer)
    case 'cropping2d':
      return cropping(layer, outputShape)
    case 'rescaling':
      return rescaling(layer)
    case 'normalization':
      return normalization(layer)
    case 'batchNormalization':
      return batchNormalization(layer)
    case 'embedding':
      return embedding(layer)
    case 'lstm':
    case 'gru':
    case 'simpleRnn':
      return recurrentLayer(layer)
    case 'layerNormalization':
      return layerNormalization(layer)
    case 'activation':
      return activationLayer(layer)
    case 'leakyRelu':
      return leakyRelu(layer)
    case 'dropout':
      return dropout(layer, index)
    case 'upSampling2d':
      return upSampling(layer)
    case 'add':
      return sum
    case 'multiply':
      return product
    case 'average':
      return average
    case 'concatenate':
      return concatenate
    case 'reshape':
      return reshape(outputShape)
    case 'globalAveragePooling2d':
      return pool(globalAveragePooling)
    case 'globalMaxPooling2d':
      return pool(globalMaxPooling)
    case 'flatten':
      return reshape(outputShape)
  }
}
