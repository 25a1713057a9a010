import { integersOf, type OnnxStep } from '#interchange/onnx/onnx-steps.ts'
import type { RESHAPING_LAYERS } from '#network/layers/reshaping.ts'
import { marginsOf, type Shape, sidesOf } from '#network/shape.ts'
import { chain, type OnnxWriters } from './onnx-writer.ts'

const UP_SAMPLING = {
  mode: 'nearest',
  coordinate_transformation_mode: 'asymmetric',
  nearest_mode: 'floor',
}
/** An omitted optional input: the region of interest of Resize. */
const NONE = ''

export const RESHAPING_WRITERS: OnnxWriters<keyof typeof RESHAPING_LAYERS> = {
  zeroPadding2d: chain(({ layer }) => {
    const [rows, columns] = marginsOf(layer.padding)
    return [{ op: 'Pad', others: [integersOf([0, 0, rows[0], columns[0], 0, 0, rows[1], columns[1]])] }]
  }),
  cropping2d: chain(({ layer, inputShape }) => {
    const [rows, columns] = marginsOf(layer.cropping)
    const ends = [inputShape[0]! - rows[1], inputShape[1]! - columns[1]]
    return [{ op: 'Slice', others: [[rows[0], columns[0]], ends, [2, 3]].map(integersOf) }]
  }),
  upSampling2d: chain(({ layer }) => {
    const scales = { dims: [4], data: Float32Array.of(1, 1, ...sidesOf(layer.size)) }
    return [{ op: 'Resize', attributes: UP_SAMPLING, others: [NONE, scales] }]
  }),
  repeatVector: chain(({ layer }) => [
    { op: 'Unsqueeze', others: [integersOf([1])] },
    { op: 'Tile', others: [integersOf([1, layer.times, 1])] },
  ]),
  reshape: chain(({ inputShape, outputShape }) => reshapeSteps(inputShape, outputShape)),
  flatten: chain(({ inputShape }) =>
    inputShape.length === 1 ? [] : [{ op: 'Flatten', attributes: { axis: 1 } }],
  ),
}

/** Elements are in the order of images whose channels come last. */
function reshapeSteps(from: Shape, to: Shape): OnnxStep[] {
  const channelsLast = { op: 'Transpose', attributes: { perm: [0, 2, 3, 1] } }
  const channelsFirst = { op: 'Transpose', attributes: { perm: [0, 3, 1, 2] } }
  return [
    ...(from.length === 3 ? [channelsLast] : []),
    { op: 'Reshape', others: [integersOf([-1, ...to])] },
    ...(to.length === 3 ? [channelsFirst] : []),
  ]
}
