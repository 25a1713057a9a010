import type { Layer } from '#domain/model-spec.ts'
import type { OnnxNode } from './onnx-messages.ts'

/** What a layer becomes for which ONNX has no single operator, over sequences [batch, time, features]. */
export function sequenceNodes(
  layer: Layer,
  inputShape: readonly number[],
  inputs: readonly string[],
  output: string,
): OnnxNode[] | undefined {
  const { name } = layer
  const part = (word: string) => `${name}.${word}`
  const [input] = inputs as [string]
  if (layer.type === 'dense' && inputShape.length === 2) {
    const product = layer.biasInitializer ? part('product') : output
    return [
      { op: 'Transpose', input: [part('weight')], output: part('kernel'), attributes: { perm: [1, 0] } },
      { op: 'MatMul', input: [input, part('kernel')], output: product },
      ...(layer.biasInitializer ? [{ op: 'Add', input: [product, part('bias')], output }] : []),
    ]
  }
  if (layer.type === 'batchNormalization' && inputShape.length === 2) {
    const [turned, normalised] = [part('turned'), part('normalised')]
    const constants = ['weight', 'bias', 'running_mean', 'running_var'].map(part)
    const attributes = { epsilon: { float: layer.epsilon } }
    const perm = [0, 2, 1]
    return [
      { op: 'Transpose', input: [input], output: turned, attributes: { perm } },
      { op: 'BatchNormalization', input: [turned, ...constants], output: normalised, attributes },
      { op: 'Transpose', input: [normalised], output, attributes: { perm } },
    ]
  }
  return undefined
}
