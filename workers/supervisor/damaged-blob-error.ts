/** A blob's bytes are not those that were stored. */
export class DamagedBlobError extends Error {
  override readonly name = 'DamagedBlobError'
}
