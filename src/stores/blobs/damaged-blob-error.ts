/** A blob's bytes do not match its digest. */
export class DamagedBlobError extends Error {
  override readonly name = 'DamagedBlobError'
}
