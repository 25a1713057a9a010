import { connectSteps, type OnnxStep, scalarOf } from '#interchange/onnx/onnx-steps.ts'
import type { Activation } from '#network/activation.ts'
import type { ACTIVATION_LAYERS } from '#network/layers/activation.ts'
import { chain, channelAxis, type OnnxWriters } from './onnx-writer.ts'

export const ACTIVATION_WRITERS: OnnxWriters<keyof typeof ACTIVATION_LAYERS> = {
  activation: ({ layer, outputShape }, { inputs, output }) =>
    connectSteps(inputs, output, activationSteps(layer.activation, inputs[0]!, channelAxis(outputShape))),
  leakyRelu: chain(({ layer }) => [leakyReluStep(layer.slope)]),
}

/** @param z the name of the operator's input @param axis that of channels or classes */
export function activationSteps(activation: Activation, z: string, axis: number): OnnxStep[] {
  switch (activation) {
    case 'linear':
      return []
    case 'relu':
      return [{ op: 'Relu' }]
    case 'relu6':
      return [{ op: 'Clip', others: [scalarOf(0), scalarOf(6)] }]
    case 'leakyRelu':
      return [leakyReluStep(0.2)]
    case 'elu':
      return [{ op: 'Elu' }]
    case 'selu':
      return [{ op: 'Selu' }]
    case 'softplus':
      return [{ op: 'Softplus' }]
    case 'softsign':
      return [{ op: 'Softsign' }]
    case 'tanh':
      return [{ op: 'Tanh' }]
    case 'sigmoid':
      return [{ op: 'Sigmoid' }]
    case 'hardSigmoid':
      return [{ op: 'HardSigmoid', attributes: { alpha: { float: 1 / 6 }, beta: { float: 0.5 } } }]
    case 'keras2HardSigmoid':
      return [{ op: 'HardSigmoid', attributes: { alpha: { float: 0.2 }, beta: { float: 0.5 } } }]
    case 'gelu':
      return [
        { op: 'Mul', others: [scalarOf(Math.SQRT1_2)] },
        { op: 'Erf' },
        { op: 'Add', others: [scalarOf(1)] },
        { op: 'Mul', others: [scalarOf(0.5)] },
        { op: 'Mul', others: [z] },
      ]
    case 'silu':
      return [{ op: 'Sigmoid' }, { op: 'Mul', others: [z] }]
    case 'hardSilu':
      return [{ op: 'HardSwish' }]
    case 'softmax':
      return [{ op: 'Softmax', attributes: { axis } }]
  }
}

function leakyReluStep(slope: number): OnnxStep {
  return { op: 'LeakyRelu', attributes: { alpha: { float: slope } } }
}
