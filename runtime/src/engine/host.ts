/** What performs programs: an arena of words and the kernels that work on it. Addresses are numbers of words from its beginning. */
export interface Host {
  /** As a user sees it, such as `native avx512`. */
  readonly name: string
  readonly isNative: boolean
  /** Floats in a vector. */
  readonly lanes: number
  /** Rows in a group of the dense product. */
  readonly denseRows: number
  readonly threads: number
  /** Makes the arena at least this long. */
  reserve(words: number): void
  write(address: number, words: Float32Array | Uint32Array | Int32Array): void
  read(address: number, into: Float32Array): void
  /** Performs the program at this address on all threads, or on the calling one. */
  run(program: number, onAll: boolean): void
  /** Ends the threads. */
  dispose(): void
}
