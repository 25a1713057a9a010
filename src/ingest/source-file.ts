/** An uploaded file: its path here, and the client's name for it. */
export interface SourceFile {
  name: string
  path: string
}
