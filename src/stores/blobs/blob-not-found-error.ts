/** The blob does not exist. It may have been deleted with its job. */
export class BlobNotFoundError extends Error {
  override readonly name = 'BlobNotFoundError'

  constructor(namespace: string, sha256: string) {
    super(`There is no blob ${sha256} in ${namespace}.`)
  }
}
