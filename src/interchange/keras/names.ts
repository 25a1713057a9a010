/**
 * What a layer of Keras is called here. Keras 2 allows slashes, which Keras 3 does not; here they part a layer from its variables. Keras
 * itself renamed the layers of its own models in the same way: `conv1/bn` of DenseNet became `conv1_bn`.
 */
export function layerNameFromKeras(name: string): string {
  return name.replaceAll('/', '_')
}

/** The same for every layer that a model's JSON refers to, as ["layer", 0, 0, ...] somewhere in `value`. */
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
