/** Examples as they are stored: bytes, in memory as a whole. */
export interface Examples {
  /** Row-major, one example after the other. */
  pixels: Uint8Array
  labels: Uint8Array
  count: number
}

/** Some of the examples, by index. */
export interface Split {
  examples: Examples
  indices: Uint32Array
}

export function wholeSplit(examples: Examples): Split {
  return { examples, indices: Uint32Array.from({ length: examples.count }, (_, index) => index) }
}
