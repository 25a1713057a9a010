/**
 * What a layer of Keras is called here. Keras 2 allows slashes, which Keras 3 does not; here they part a layer from its variables. Keras
 * itself renamed the layers of its own models in the same way: `conv1/bn` of DenseNet became `conv1_bn`.
 */
export function layerNameFromKeras(name: string): string {
  return name.replaceAll('/', '_')
}
