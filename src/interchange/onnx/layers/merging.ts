import { connectSteps } from '#interchange/onnx/onnx-steps.ts'
import type { MERGING_LAYERS } from '#network/layers/merging.ts'
import { chain, channelAxis, type OnnxWriters } from './onnx-writer.ts'

export const MERGING_WRITERS: OnnxWriters<keyof typeof MERGING_LAYERS> = {
  add: chain(() => [{ op: 'Sum' }]),
  // Mul takes two inputs, so the inputs are multiplied one by one.
  multiply: (_, { inputs: [first, ...others], output }) =>
    connectSteps(
      [first!],
      output,
      others.map(other => ({ op: 'Mul', others: [other] })),
    ),
  average: chain(() => [{ op: 'Mean' }]),
  concatenate: chain(({ outputShape }) => [{ op: 'Concat', attributes: { axis: channelAxis(outputShape) } }]),
}
