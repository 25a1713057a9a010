/** The training has no such file. */
export class NothingToEncode extends Error {
  override readonly name = 'NothingToEncode'
}
