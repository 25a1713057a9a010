import * as tf from '@tensorflow/tfjs-core'
import type { WasmKernel } from './wasm-kernel.ts'

/** The number of values that are written at a time to a row of the result. */
const RUN = 8

/** Transposes the last two axes, as products need it. The package's kernel moves value by value. */
export const transpose: WasmKernel<{ x: tf.Tensor }, tf.TransposeAttrs> = {
  name: tf.Transpose,
  compute: ({ x }, { perm }, { backend }) => {
    const [rows, columns] = x.shape.slice(-2) as [number, number]
    if (x.dtype !== 'float32' || !swapsLastTwo(perm) || rows < RUN) return undefined
    const result = backend.makeOutput([...x.shape.slice(0, -2), columns, rows], 'float32')
    const from = backend.typedArrayFromHeap(x) as Float32Array
    const to = backend.typedArrayFromHeap(result) as Float32Array
    for (let start = 0; start < from.length; start += rows * columns) {
      const end = start + rows * columns
      transposeMatrix(from.subarray(start, end), to.subarray(start, end), rows, columns)
    }
    return result
  },
}

function swapsLastTwo(perm: number[]): boolean {
  const last = perm.length - 1
  return perm.every((axis, i) => axis === (i < last - 1 ? i : 2 * last - 1 - i))
}

function transposeMatrix(from: Float32Array, to: Float32Array, rows: number, columns: number): void {
  const whole = rows - (rows % RUN)
  for (let row = 0; row < whole; row += RUN) {
    let target = row
    for (let i = row * columns; i < (row + 1) * columns; i++, target += rows) {
      to[target] = from[i]!
      to[target + 1] = from[i + columns]!
      to[target + 2] = from[i + 2 * columns]!
      to[target + 3] = from[i + 3 * columns]!
      to[target + 4] = from[i + 4 * columns]!
      to[target + 5] = from[i + 5 * columns]!
      to[target + 6] = from[i + 6 * columns]!
      to[target + 7] = from[i + 7 * columns]!
    }
  }
  for (let row = whole; row < rows; row++) {
    for (let column = 0; column < columns; column++) to[column * rows + row] = from[row * columns + column]!
  }
}
