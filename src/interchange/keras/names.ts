/**
 * Converts the name of a Keras layer to its name here. Keras 2 allows slashes and Keras 3 does not; here they separate a layer from its
 * variables. Keras renamed the layers of its own models in the same way: `conv1/bn` of DenseNet became `conv1_bn`.
 */
export function layerNameFromKeras(name: string): string {
  return name.replaceAll('/', '_')
}

/** Renames every layer to which a model's JSON refers, as ["layer", 0, 0, ...] anywhere in `value`. */
export function withPlainReferences(value: unknown): unknown {
  if (Array.isArray(value)) {
    const [name, ...rest] = value
    const isReference = typeof name === 'string' && typeof rest[0] === 'number'
    return isReference
      ? [layerNameFromKeras(name), ...rest.map(withPlainReferences)]
      : value.map(withPlainReferences)
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withPlainReferences(inner)]))
}
