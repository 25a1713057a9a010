import { z } from 'zod'
import { PRESET_NAMES } from './presets/preset-names.ts'

/** What a client posts as `model`. */
export const ModelSpec = z.strictObject({
  preset: z.enum(PRESET_NAMES).describe('A built-in model, trained as its original experiment was.'),
})
export type ModelSpec = z.infer<typeof ModelSpec>

/**
 * How a variable starts. `fanInUniform` is U(-1/sqrt(fan_in), 1/sqrt(fan_in)), PyTorch's default for linear and
 * convolution layers, biases included; `glorotUniform` is Keras's default (Glorot and Bengio 2010, eq. 16).
 */
export type Initializer = 'glorotUniform' | 'fanInUniform' | 'zeros'
export type Activation = 'relu' | 'linear'

interface KernelLayer {
  name: string
  activation: Activation
  kernelInitializer: Initializer
  biasInitializer: Initializer
}

/** Kernels are stored as TensorFlow has them: dense [in, out], convolution [height, width, in, out]. Strides are 1. */
export type Layer =
  | (KernelLayer & { type: 'conv2d'; filters: number; kernelSize: number; padding: 'valid' | 'same' })
  | (KernelLayer & { type: 'dense'; units: number })
  | { type: 'maxPooling2d'; name: string; poolSize: number }
  | { type: 'flatten'; name: string }

/** A network as a value: what it takes (without the batch dimension) and its layers in order. It ends in logits. */
export interface Topology {
  inputShape: readonly number[]
  layers: readonly Layer[]
}
