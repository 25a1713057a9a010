interface Labelled {
  /** Classes [count], or targets [count, numbers]. */
  labels: Uint8Array | Int32Array | Float32Array
  count: number
}

/** Examples in their stored form, bytes or floats, all in memory. */
export interface Examples extends Labelled {
  /** Row-major, one example after the other. */
  x: Uint8Array | Float32Array
}

/** Examples that are image files. Each is decoded when a batch needs it. */
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

/** The examples that a job trains on and is validated on. */
export interface Splits {
  training: Split
  validation: Split
  /** Closes the file that images are read from, if there is one. */
  close?(): Promise<void>
}
