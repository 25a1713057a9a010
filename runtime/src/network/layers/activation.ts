import type { BuildLayer } from '../layer.ts'

export const ACTIVATION_LAYERS: Readonly<Record<string, BuildLayer>> = {
  activation: layer => layer.addActivated({ op: 'activation', shape: layer.shape }),

  leakyRelu: layer =>
    layer.add({
      op: 'activation',
      shape: layer.shape,
      activation: { name: 'leakyRelu', slope: layer.number('slope') },
    }),
}
