/** Bytes that are not what they claim to be; the message names what is wrong with them, and the cause is for the log alone. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
  /** Whether a library that these bytes broke may read the next ones wrongly: its process is not to be used again. */
  readonly endsReader: boolean

  constructor(
    message: string,
    { cause, endsReader = false }: { cause?: unknown; endsReader?: boolean } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.endsReader = endsReader
  }
}
