/** A model could not be measured; the message is a sentence that says why. */
export class NotMeasured extends Error {
  override readonly name = 'NotMeasured'
}
