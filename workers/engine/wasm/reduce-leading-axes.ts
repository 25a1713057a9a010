import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import type { WasmKernel } from './wasm-kernel.ts'

type Attributes = { axis: number | number[]; keepDims: boolean }

/** Sums over leading axes, as for a bias's gradient. The package's kernel would transpose all of x first. */
export const sum: WasmKernel<{ x: tf.Tensor }, Attributes> = {
  name: tf.Sum,
  compute: ({ x }, attributes, { backend }) => reduceLeadingAxes(x, attributes, backend, () => 1),
}

/** Averages over leading axes, as in batch normalization. */
export const mean: WasmKernel<{ x: tf.Tensor }, Attributes> = {
  name: tf.Mean,
  compute: ({ x }, attributes, { backend }) => reduceLeadingAxes(x, attributes, backend, rows => 1 / rows),
}

/** Sums in float64, times scale(rows). `undefined` if the axes are not the first ones. */
function reduceLeadingAxes(
  x: tf.Tensor,
  { axis, keepDims }: Attributes,
  backend: BackendWasm,
  scale: (rows: number) => number,
): tf.TensorInfo | undefined {
  const axes = tf.util.parseAxisParam(axis, x.shape).sort((a, b) => a - b)
  if (x.dtype !== 'float32' || axes.length === x.rank || axes.some((a, i) => a !== i)) return undefined
  const rest = x.shape.slice(axes.length)
  const output = backend.makeOutput(keepDims ? [...axes.map(() => 1), ...rest] : rest, 'float32')
  const columns = tf.util.sizeFromShape(rest)
  const values = backend.typedArrayFromHeap(x) as Float32Array
  const factor = scale(values.length / columns)
  backend.typedArrayFromHeap(output).set(sumRows(values, columns).map(total => total * factor))
  return output
}

/** The sums [columns] of values [rows, columns]. Adds four rows at a time, so that the sums are read and written less often. */
function sumRows(values: Float32Array, columns: number): Float64Array {
  const sums = new Float64Array(columns)
  const fours = values.length - (values.length % (4 * columns))
  for (let row = 0; row < fours; row += 4 * columns) {
    for (let i = row; i < row + columns; i++) {
      sums[i - row]! +=
        values[i]! + values[i + columns]! + values[i + 2 * columns]! + values[i + 3 * columns]!
    }
  }
  for (let i = fours; i < values.length; i++) sums[(i - fours) % columns]! += values[i]!
  return sums
}
