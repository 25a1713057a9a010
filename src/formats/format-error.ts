/** Bytes that are not what they claim to be; the message names what is wrong with them. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
}
