const layer = (class_name: string, name: string, config: object = {}) => ({
  class_name,
  config: { name, ...config },
})
const input = (...shape: number[]) => layer('InputLayer', 'examples', { batch_shape: [null, ...shape] })
const sequential = (...layers: object[]) => ({ class_name: 'Sequential', config: { layers } })
const functional = (output: string, ...layers: [object, string[]][]) => ({
  class_name: 'Functional',
  config: {
    layers: layers.map(([own, from]) => ({
      ...own,
      inbound_nodes: from.length > 0 ? [from.map(name => [name, 0, 0, {}])] : [],
    })),
    input_layers: [['examples', 0, 0]],
    output_layers: [[output, 0, 0]],
  },
})
const images = { kernel_size: [3, 3] }

/** Keras models whose layers have other axes, names or orders of elements in PyTorch. */
export const LAYOUT_NETWORKS: Readonly<Record<string, object>> = {
  'flattened images': sequential(
    input(9, 8, 3),
    layer('ZeroPadding2D', 'padding', {
      padding: [
        [1, 0],
        [2, 1],
      ],
    }),
    layer('Conv2D', 'conv', { ...images, filters: 5, strides: [2, 1], padding: 'same' }),
    layer('BatchNormalization', 'bn'),
    layer('MaxPooling2D', 'pool', { pool_size: [2, 2] }),
    layer('Flatten', 'flatten'),
    layer('BatchNormalization', 'flat_bn', { scale: false }),
    layer('Dropout', 'dropout', { rate: 0.5 }),
    layer('Dense', 'fc.1', { units: 7 }),
    layer('BatchNormalization', 'half', { center: false }),
    layer('Dense', 'fc.2', { units: 4, use_bias: false }),
  ),
  'other convolutions': sequential(
    input(8, 9, 2),
    layer('DepthwiseConv2D', 'depthwise', { ...images, depth_multiplier: 2 }),
    layer('SeparableConv2D', 'separable', { ...images, filters: 6, padding: 'same' }),
    layer('UpSampling2D', 'larger', { size: [2, 1] }),
    layer('Cropping2D', 'smaller', {
      cropping: [
        [1, 1],
        [0, 1],
      ],
    }),
    layer('Conv2DTranspose', 'transposed', { ...images, filters: 3, strides: [2, 2] }),
    layer('AveragePooling2D', 'pool', { pool_size: [3, 2], strides: [2, 2], padding: 'same' }),
    layer('Flatten', 'flatten'),
    layer('LayerNormalization', 'norm'),
    layer('Dense', 'answer', { units: 3 }),
  ),
  'two flattened images': functional(
    'answer',
    [input(6, 6, 3), []],
    [layer('Conv2D', 'left', { ...images, filters: 4 }), ['examples']],
    [layer('Conv2D', 'right', { ...images, filters: 2, strides: [2, 2] }), ['examples']],
    [layer('Flatten', 'left_flat'), ['left']],
    [layer('Flatten', 'right_flat'), ['right']],
    [layer('GlobalAveragePooling2D', 'mean'), ['left']],
    [layer('Concatenate', 'both'), ['left_flat', 'mean', 'right_flat']],
    [layer('Dense', 'answer', { units: 3 }), ['both']],
  ),
  'flattened sequences': sequential(
    input(12, 4),
    layer('Conv1D', 'conv', { filters: 6, kernel_size: [3] }),
    layer('MaxPooling1D', 'pool', { pool_size: [2] }),
    layer('Flatten', 'flatten'),
    layer('Reshape', 'again', { target_shape: [3, 10] }),
    layer('Dense', 'steps', { units: 4 }),
    layer('Flatten', 'flat'),
    layer('Dense', 'answer', { units: 3 }),
  ),
  recurrences: sequential(
    input(9),
    layer('Embedding', 'words', { input_dim: 20, output_dim: 6 }),
    layer('Bidirectional', 'both', { layer: layer('LSTM', 'a', { units: 5, return_sequences: true }) }),
    layer('GRU', 'gru', { units: 6, return_sequences: true }),
    layer('SimpleRNN', 'last', { units: 5, use_bias: false }),
    layer('Dense', 'answer', { units: 3 }),
  ),
}
