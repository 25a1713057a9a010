/** There is no such blob, or no longer: its job may have been deleted. */
export class BlobNotFoundError extends Error {
  override readonly name = 'BlobNotFoundError'

  constructor(namespace: string, sha256: string) {
    super(`There is no blob ${sha256} in ${namespace}.`)
  }
}
