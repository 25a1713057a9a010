import type { FloatTensor } from '#formats/named-tensor.ts'

// Points of weight space as one array, as linear algebra needs them. Sums are in float64.

export function flatten(tensors: readonly FloatTensor[]): Float32Array {
  const flat = new Float32Array(tensors.reduce((sum, { data }) => sum + data.length, 0))
  let at = 0
  for (const { data } of tensors) {
    flat.set(data, at)
    at += data.length
  }
  return flat
}

/** Views of the array in the shapes of the tensors. */
export function unflatten(flat: Float32Array, like: readonly FloatTensor[]): FloatTensor[] {
  let at = 0
  return like.map(tensor => {
    const data = flat.subarray(at, at + tensor.data.length)
    at += data.length
    return { ...tensor, data }
  })
}

export function dotFlat(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!
  return sum
}

export function normFlat(a: Float32Array): number {
  return Math.sqrt(dotFlat(a, a))
}

/** a <- a - factor b */
export function subtractFlat(a: Float32Array, b: Float32Array, factor: number): void {
  for (let index = 0; index < a.length; index++) a[index]! -= factor * b[index]!
}
