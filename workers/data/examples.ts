/** What examples are compared with: classes [count], or targets [count, numbers]. */
interface Labelled {
  labels: Uint8Array | Int32Array | Float32Array
  count: number
}

/** Examples as they are stored: bytes or floats, in memory as a whole. */
export interface Examples extends Labelled {
  /** Row-major, one example after the other. */
  x: Uint8Array | Float32Array
}

/** Examples that stay the image files they are until a batch wants them. */
export interface ImageExamples extends Labelled {
  read(index: number): Promise<Uint8Array>
}

/** Some of the examples, by index. */
export interface Split<Kind extends Labelled = Examples | ImageExamples> {
  examples: Kind
  indices: Uint32Array
}

export function wholeSplit<Kind extends Labelled>(examples: Kind): Split<Kind> {
  return { examples, indices: Uint32Array.from({ length: examples.count }, (_, index) => index) }
}

/** What a job learns from and what it is measured on. */
export interface Splits {
  training: Split
  validation: Split
}
