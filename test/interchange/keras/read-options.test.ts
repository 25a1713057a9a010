import { input, layer, type Refusals, sequential, testRefusals } from './keras-json.ts'

const image = input(28, 28, 1)
const flatten = layer('Flatten')
const dense = layer('Dense', { units: 10 })

/** Options of one layer. */
const REFUSED: Refusals = {
  'an option that would be ignored': [
    sequential(image, layer('Conv2D', { filters: 1, kernel_size: 3, dilation_rate: [2, 2] })),
    'model.topology.config.layers.1.config.dilation_rate',
    /must be 1/,
  ],
  'an initializer that is not supported': [
    sequential(
      image,
      flatten,
      layer('Dense', { units: 10, kernel_initializer: { class_name: 'Identity', config: {} } }),
    ),
    'model.topology.config.layers.2.config.kernel_initializer',
    /must be one of: glorotUniform, glorotNormal,/,
  ],
  'a regularizer': [
    sequential(image, flatten, layer('Dense', { units: 10, kernel_regularizer: { class_name: 'L2' } })),
    'model.topology.config.layers.2.config.kernel_regularizer',
    /is not supported/,
  ],
  'an activation that is not supported': [
    sequential(image, flatten, layer('Dense', { units: 10, activation: 'mish', name: 'a' }), dense),
    'model.topology.config.layers.2.config.activation',
    /must be one of: linear, relu, relu6, leakyRelu,/,
  ],
  'a hard sigmoid that may be that of Keras 2 or of Keras 3': [
    {
      class_name: 'Sequential',
      config: {
        build_input_shape: [null, 28, 28, 1],
        layers: [layer('Activation', { activation: 'hard_sigmoid' }), flatten, dense],
      },
    },
    'model.topology.config.layers.0.config.activation',
    /is a different function in Keras 2 and in Keras 3: add "keras_version"/,
  ],
  'an ELU of another alpha': [
    sequential(image, layer('ELU', { alpha: 0.5 }), flatten, dense),
    'model.topology.config.layers.1.config.alpha',
    /must be 1/,
  ],
  'a ReLU with another bound': [
    sequential(image, layer('ReLU', { max_value: 4 }), flatten, dense),
    'model.topology.config.layers.1.config.max_value',
    /must be 6, or left out/,
  ],
  'a softmax over an axis other than the last': [
    sequential(image, layer('Softmax', { axis: 1 }), flatten, dense),
    'model.topology.config.layers.1.config.axis',
    /must be -1, the last/,
  ],
  'an unknown option': [
    sequential(image, layer('MaxPooling2D', { pool_size: 2, ceil_mode: true }), flatten, dense),
    'model.topology.config.layers.1.config.ceil_mode',
    /is not supported/,
  ],
  'bilinear upsampling': [
    sequential(image, layer('UpSampling2D', { interpolation: 'bilinear' }), flatten, dense),
    'model.topology.config.layers.1.config.interpolation',
    /must be nearest/,
  ],
  'a reshape to another number of elements': [
    sequential(image, layer('Reshape', { target_shape: [5, -1] }), flatten, dense),
    'model.topology.config.layers',
    /Reshape reshapes 784 elements to \[5,-1\]/,
  ],
  'negative padding': [
    sequential(
      image,
      layer('ZeroPadding2D', {
        padding: [
          [0, 0],
          [0, -1],
        ],
      }),
      flatten,
      dense,
    ),
    'model.topology.config.layers.1.config.padding.1.1',
    /at least 0/,
  ],
  'a causal convolution': [
    sequential(image, layer('Conv1D', { filters: 1, kernel_size: 2, padding: 'causal' }), dense),
    'model.topology.config.layers.1.config.padding',
    /must be valid or same/,
  ],
  'a dilated depthwise convolution': [
    sequential(image, layer('DepthwiseConv2D', { kernel_size: 3, dilation_rate: [2, 2] }), flatten, dense),
    'model.topology.config.layers.1.config.dilation_rate',
    /must be 1/,
  ],
  'a depthwise convolution in uneven steps': [
    sequential(
      image,
      layer('SeparableConv2D', { filters: 1, kernel_size: 3, strides: [1, 2] }),
      flatten,
      dense,
    ),
    'model.topology.config.layers.1.config.strides',
    /must be the same in both directions/,
  ],
  'a transposed convolution with output padding': [
    sequential(
      image,
      layer('Conv2DTranspose', { filters: 1, kernel_size: 3, output_padding: 1 }),
      flatten,
      dense,
    ),
    'model.topology.config.layers.1.config.output_padding',
    /is not supported/,
  ],
  'a normalization over rows': [
    sequential(image, layer('BatchNormalization', { axis: 1 }), flatten, dense),
    'model.topology.config.layers.1.config.axis',
    /must be -1, the last/,
  ],
  'a normalization with another initializer': [
    sequential(image, layer('BatchNormalization', { gamma_initializer: 'zeros' }), flatten, dense),
    'model.topology.config.layers.1.config.gamma_initializer',
    /must be ones/,
  ],
  'an activation named as a part of every object': [
    sequential(image, flatten, layer('Dense', { units: 10, activation: 'constructor', name: 'a' }), dense),
    'model.topology.config.layers.2.config.activation',
    /must be one of: linear,/,
  ],
}

testRefusals(REFUSED)
