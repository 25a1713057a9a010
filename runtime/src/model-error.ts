/**
 * A model that cannot be loaded: its file is damaged, incomplete or of another kind, or its network has a layer that this version of the
 * runtime does not know. The message says what is wrong.
 */
export class ModelError extends Error {
  override readonly name = 'ModelError'
}
