/** There is nothing that a file could be made of. */
export class NothingToEncode extends Error {
  override readonly name = 'NothingToEncode'
}
