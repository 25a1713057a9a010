import { INT64, type OnnxNode } from '#interchange/onnx/onnx-messages.ts'
import type { LayerOf } from '#network/topology.ts'

/** Layers over sequences [batch, time, features] for which ONNX has no single operator. */

export function embeddingNodes({ name }: LayerOf<'embedding'>, input: string, output: string): OnnxNode[] {
  const tokens = `${name}.tokens`
  return [
    { op: 'Cast', input: [input], output: tokens, attributes: { to: INT64 } },
    { op: 'Gather', input: [`${name}.weight`, tokens], output },
  ]
}

export function denseOverSteps(
  { name, biasInitializer }: LayerOf<'dense'>,
  input: string,
  output: string,
): OnnxNode[] {
  const kernel = `${name}.kernel`
  const product = biasInitializer ? `${name}.product` : output
  return [
    { op: 'Transpose', input: [`${name}.weight`], output: kernel, attributes: { perm: [1, 0] } },
    { op: 'MatMul', input: [input, kernel], output: product },
    ...(biasInitializer ? [{ op: 'Add', input: [product, `${name}.bias`], output }] : []),
  ]
}
