/** A file that was uploaded: where it lies, and what its owner calls it. */
export interface SourceFile {
  name: string
  path: string
}
