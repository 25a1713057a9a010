import type { BuildLayer } from '../layer.ts'

export const CORE_LAYERS: Readonly<Record<string, BuildLayer>> = {
  dense(layer) {
    const { shape } = layer
    const [width, units] = [shape.at(-1)!, layer.size('units')]
    return layer.addActivated({
      op: 'dense',
      shape: [...shape.slice(0, -1), units],
      kernel: layer.weight('kernel', [width, units]),
      ...layer.bias(units),
    })
  },

  embedding(layer) {
    const [tokens, width] = [layer.size('inputDim'), layer.size('outputDim')]
    if (layer.input !== 0 || layer.shape.length !== 1)
      layer.refuse('must take the tokens of the examples, without preprocessing')
    return layer.add({
      op: 'embedding',
      shape: [...layer.shape, width],
      embeddings: layer.weight('embeddings', [tokens, width]),
    })
  },
}
