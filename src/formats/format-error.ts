/** Bytes are not in the expected format. The message describes the mistake; the cause is for the log only. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
  /** Whether these bytes may have corrupted the library that read them, so that its process must not be reused. */
  readonly endsReader: boolean

  constructor(
    message: string,
    { cause, endsReader = false }: { cause?: unknown; endsReader?: boolean } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.endsReader = endsReader
  }
}
