import { type WebGPUBackend, type WebGPUProgram, webgpu_util } from '@tensorflow/tfjs-backend-webgpu'
import * as tf from '@tensorflow/tfjs-core'
import type { Kernel } from '#workers/engine/register-kernel.ts'

/** The package's kernel assigns the gradient to the last of equal values. Here, as in TensorFlow, it is assigned to the first. */
export const maxPoolGrad: Kernel<
  { dy: tf.Tensor4D; input: tf.Tensor4D; output: tf.Tensor4D },
  tf.MaxPoolGradAttrs,
  WebGPUBackend
> = {
  name: tf.MaxPoolGrad,
  compute: ({ dy, input, output }, { filterSize, strides, pad, dimRoundingMode }, { backend }) => {
    const info = tf.backend_util.computePool2DInfo(input.shape, filterSize, strides, 1, pad, dimRoundingMode)
    const uniforms = [
      [info.strideHeight, info.strideWidth],
      [info.padInfo.top, info.padInfo.left],
      [info.filterHeight, info.filterWidth],
    ].map(data => ({ type: 'int32', data }))
    return backend.runWebGPUProgram(programFor(input.shape), [dy, input, output], 'float32', uniforms)
  },
}

function programFor(shape: number[]): WebGPUProgram {
  const workgroupSize: [number, number, number] = [64, 1, 1]
  const dispatchLayout = webgpu_util.flatDispatchLayout(shape)
  return {
    shaderKey: 'maxPoolGradToFirst',
    variableNames: ['dy', 'x', 'largest'],
    uniforms: 'strides : vec2<i32>, pads : vec2<i32>, extent : vec2<i32>',
    outputShape: shape,
    size: true,
    workgroupSize,
    dispatchLayout,
    dispatch: webgpu_util.computeDispatch(dispatchLayout, shape, workgroupSize),
    getUserCode: () => SHADER,
  }
}

/** Each pixel sums the gradients of the windows that cover it, so that no two threads write to the same pixel. */
const SHADER = `
  fn isFirst(largest : f32, image : i32, pixel : vec2<i32>, channel : i32, corner : vec2<i32>) -> bool {
    if (getX(image, pixel.x, pixel.y, channel) != largest) { return false; }
    let end = min(corner.y + uniforms.extent.y, uniforms.xShape.z);
    for (var row = max(corner.x, 0); row <= pixel.x; row++) {
      for (var column = max(corner.y, 0); column < end; column++) {
        if (row == pixel.x && column == pixel.y) { break; }
        if (getX(image, row, column, channel) == largest) { return false; }
      }
    }
    return true;
  }

  fn main(index : i32) {
    if (index >= uniforms.size) { return; }
    let place = getCoordsFromIndex(index);
    let padded = place.yz + uniforms.pads;
    let first = max((padded - uniforms.extent + uniforms.strides) / uniforms.strides, vec2<i32>(0));
    let last = min(padded / uniforms.strides, uniforms.dyShape.yz - 1);
    var sum = 0.0;
    for (var row = first.x; row <= last.x; row++) {
      for (var column = first.y; column <= last.y; column++) {
        let largest = getLargest(place.x, row, column, place.w);
        let corner = vec2<i32>(row, column) * uniforms.strides - uniforms.pads;
        if (isFirst(largest, place.x, place.yz, place.w, corner)) {
          sum += getDy(place.x, row, column, place.w);
        }
      }
    }
    setOutputAtIndex(index, sum);
  }
`
