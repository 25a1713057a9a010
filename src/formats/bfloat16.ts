import type { FloatTensor, NamedTensor } from './named-tensor.ts'
import type { RoundingReport } from './rounding-report.ts'

/** Rounds to the upper half of a float32, to nearest, ties to even; NaN stays NaN. */
export function toBfloat16(tensors: readonly FloatTensor[]): {
  tensors: NamedTensor[]
  rounding: RoundingReport
} {
  const rounding = { maxAbsoluteError: 0, changedZeros: 0 }
  const rounded = tensors.map(({ name, shape, data }): NamedTensor => {
    const bits = new Uint32Array(data.buffer, data.byteOffset, data.length)
    const halves = new Uint16Array(data.length)
    for (let i = 0; i < halves.length; i++) halves[i] = roundBits(bits[i]!)
    measure(data, halves, rounding)
    return { name, shape, dtype: 'BF16', data: halves }
  })
  return { tensors: rounded, rounding }
}

function roundBits(bits: number): number {
  const isNan = (bits & 0x7fffffff) > 0x7f800000
  return isNan ? (bits >>> 16) | 0x40 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16
}

function measure(before: Float32Array, halves: Uint16Array, report: RoundingReport): void {
  const after = new Float32Array(1)
  const bits = new Uint32Array(after.buffer)
  for (let i = 0; i < halves.length; i++) {
    bits[0] = halves[i]! << 16
    report.maxAbsoluteError = Math.max(report.maxAbsoluteError, Math.abs(before[i]! - after[0]!))
    if (after[0] === 0 && before[i] !== 0) report.changedZeros++
  }
}
