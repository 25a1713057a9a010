/** The attributes with which TensorFlow.js calls the kernels of convolutions. */
export interface ConvolutionAttributes {
  strides: number | readonly number[]
  pad: string | number | readonly (readonly number[])[]
}

export function stridesOf({ strides }: ConvolutionAttributes): readonly [down: number, right: number] {
  const [down, right = down] = [strides].flat() as [number, number?]
  return [down, right]
}
