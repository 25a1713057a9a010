import * as tf from '@tensorflow/tfjs-core'
import { type DatasetFacts, factsOf } from '#domain/dataset.ts'
import { activationOf } from '#domain/loss.ts'
import { outputCount, topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { channelShape, type Preprocessing, shiftAndFactor } from '#formats/preprocessing.ts'
import { elementCount } from '#network/shape.ts'
import { bytesToFloats, uploadBytes } from '#workers/engine/bytes.ts'
import { BYTES_TO_FLOATS } from '#workers/engine/ops/kernel-names.ts'
import type { Batch } from './batches.ts'

/** The format of batches on the device. */
export interface BatchLayout {
  /** The shape of one example in the model's input. */
  inputShape: readonly number[]
  dtype: DatasetFacts['dtype']
  /** The number of targets per example; undefined for a loss with classes. */
  targets: number | undefined
}

export function layoutFromSpec({ model, dataset, loss }: TrainingSpec): BatchLayout {
  return {
    inputShape: topologyOf(model).inputShape,
    dtype: factsOf(dataset)!.dtype,
    targets: activationOf(loss) === 'softmax' ? undefined : outputCount(model),
  }
}

/** A batch on the device: x [batch, ...inputShape] for `normalise`, and int32 classes [batch] or float32 targets [batch, numbers]. */
export type BatchTensors = { x: tf.Tensor; labels: tf.Tensor }

export function uploadBatch({ x, labels, size }: Batch, layout: BatchLayout): BatchTensors {
  const shape = [size, ...layout.inputShape]
  return {
    x: x instanceof Float32Array ? tf.tensor(x, shape) : uploadBytes(x, shape),
    labels: uploadLabels(labels, size, layout.targets),
  }
}

function uploadLabels(labels: Batch['labels'], size: number, targets: number | undefined): tf.Tensor {
  if (targets === undefined) return tf.tensor1d(labels as Int32Array, 'int32')
  return tf.tensor2d(targetsOf(labels, size, targets), [size, targets])
}

/** The targets [size, targets] of a batch. Of a class, they are its index if there is one target, and otherwise 1 at the class. */
export function targetsOf(labels: Batch['labels'], size: number, targets: number): Float32Array {
  if (labels instanceof Float32Array) return labels
  if (targets === 1) return Float32Array.from(labels)
  const oneHot = new Float32Array(size * targets)
  labels.forEach((label, row) => {
    oneHot[row * targets + label] = 1
  })
  return oneHot
}

/** A batch of zeros, for uses in which only the shape matters. */
export function blankBatch(size: number, { inputShape, dtype }: BatchLayout): Batch {
  const length = size * elementCount(inputShape)
  const x = dtype === 'float32' ? new Float32Array(length) : new Uint8Array(length)
  return { x, labels: new Int32Array(size), size }
}

/**
 * @returns a function from examples to the input of a model. It computes one difference and one product, because a division takes a device
 * several times as long
 */
export function normaliser(
  preprocessing: Preprocessing,
  { dtype, inputShape }: Pick<BatchLayout, 'dtype' | 'inputShape'>,
) {
  const { shift, factor } = shiftAndFactor(preprocessing)
  const isShifted = shift.some(value => value !== 0)
  const isScaled = factor.some(value => value !== 1)
  const byChannel = (values: readonly number[]) => tf.tensor([...values], channelShape(values, inputShape))
  const isAlongLastAxis = [shift, factor].every(values => channelShape(values, inputShape).length === 1)
  return (x: tf.Tensor): tf.Tensor => {
    if (dtype === 'uint8' && isAlongLastAxis && tf.getKernel(BYTES_TO_FLOATS, tf.getBackend())) {
      const inputs = { x, shift: byChannel(shift), factor: byChannel(factor) }
      return tf.engine().runKernel<tf.Tensor[]>(BYTES_TO_FLOATS, inputs)[0]!
    }
    const floats = dtype === 'float32' ? x : bytesToFloats(x)
    const centred = isShifted ? tf.sub(floats, byChannel(shift)) : floats
    return isScaled ? tf.mul(centred, byChannel(factor)) : centred
  }
}
