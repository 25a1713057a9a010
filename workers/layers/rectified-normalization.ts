import * as tf from '@tensorflow/tfjs-core'
import type { PlacedLayer } from '#network/place-layers.ts'
import type { LayerOf } from '#network/topology.ts'
import { NORMALISE_SUM, NORMALISE_SUM_GRADIENT } from '#workers/engine/ops/kernel-names.ts'
import { activate } from './activation.ts'
import {
  batchNormalization,
  gradientsOf,
  movedStatistics,
  normaliseBatch,
  numbered,
  tensorsOf,
} from './batch-normalization.ts'
import { absorbable, type Fusion } from './fusion.ts'
import type { Forward, Layer, LayerCall } from './layer.ts'

type Spec = LayerOf<'batchNormalization'>

/** The ReLU at `index` fused with the batch normalization before it, including the addition of another layer's output between the two. */
export function rectifiedNormalizationAt(index: number, placed: readonly PlacedLayer[]): Fusion | undefined {
  const { layer, inputs } = placed[index]!
  if (layer.type !== 'activation' || layer.activation !== 'relu') return
  const [source] = inputs as [number]
  const normalization = absorbable('batchNormalization', source, placed)
  if (normalization)
    return {
      layer: rectified(normalization.layer),
      absorbed: [source],
      inputs: normalization.inputs,
    }
  return rectifiedSumAt(source, placed)
}

function rectifiedSumAt(source: number, placed: readonly PlacedLayer[]): Fusion | undefined {
  const sum = absorbable('add', source, placed)
  if (sum?.inputs.length !== 2) return
  const isOfOneShape = sum.inputs.every(
    input => String(placed[input]?.outputShape) === String(sum.outputShape),
  )
  if (!isOfOneShape) return
  for (const [place, position] of sum.inputs.entries()) {
    const normalization = absorbable('batchNormalization', position, placed)
    if (!normalization) continue
    return {
      layer: rectifiedSum(normalization.layer),
      absorbed: [position, source],
      inputs: [...normalization.inputs, sum.inputs[1 - place]!],
    }
  }
  return
}

/** relu(normalized x) */
function rectified(spec: Spec): Layer {
  const normalise = batchNormalization(spec)
  return call => {
    if (call.pass && hasRectifiedNormalization()) return normaliseBatch(spec, call, true)
    const normalised = normalise(call)
    const { y, gradient } = activate('relu', normalised.y, call.pieces)
    return { ...normalised, y, pullback: dy => normalised.pullback(gradient(dy)) }
  }
}

/** relu(normalized x + addend) */
function rectifiedSum(spec: Spec): Layer {
  const normalise = batchNormalization(spec)
  return call => {
    if (call.pass && hasRectifiedNormalization()) return normaliseAndAdd(spec, call)
    const [x, addend] = call.inputs as [tf.Tensor, tf.Tensor]
    const normalised = normalise({ ...call, inputs: [x] })
    const { y, gradient } = activate('relu', tf.add(normalised.y, addend), call.pieces)
    return {
      ...normalised,
      y,
      pullback(dy) {
        const dz = gradient(dy)
        const { gradients, dx } = normalised.pullback(dz)
        return { gradients, dx: input => (input === 0 ? dx(0) : dz) }
      },
    }
  }
}

function hasRectifiedNormalization(): boolean {
  return tf.getKernel(NORMALISE_SUM, tf.getBackend()) !== undefined
}

function normaliseAndAdd(spec: Spec, call: LayerCall): Forward {
  const [x, addend] = call.inputs as [tf.Tensor, tf.Tensor]
  const { momentum, epsilon } = spec
  const variables = tensorsOf(spec, call)
  const [y, movedMean, movedVariance, ...saved] = tf
    .engine()
    .runKernel<tf.Tensor[]>(NORMALISE_SUM, { x, addend, ...variables }, { momentum, epsilon })
  return {
    y: y!,
    statistics: movedStatistics(spec, movedMean!, movedVariance!),
    pullback(dy) {
      const { gamma } = variables
      const [dx, dgamma, dbeta, dz] = tf
        .engine()
        .runKernel<tf.Tensor[]>(NORMALISE_SUM_GRADIENT, { dy, x, y: y!, gamma, ...numbered(saved) })
      return {
        gradients: gradientsOf(spec, [dgamma!, dbeta!]),
        dx: input => (input === 0 ? dx! : dz!),
      }
    },
  }
}
