import * as tf from '@tensorflow/tfjs-core'
import type { Grid } from './reference.ts'
import * as reference from './reference.ts'

/** An operation of a layer: what an engine computes, and the expected result. */
export interface Operation {
  title: string
  inputs: number[][]
  compute: (...inputs: tf.Tensor[]) => tf.Tensor
  expect: (...inputs: Grid[]) => Grid
}

type Images = tf.Tensor4D

const EPSILON = 1e-3

export const OPERATIONS: Operation[] = [
  ...[
    // With more weights than examples, and with fewer: wasm multiplies them in a different order.
    { title: 'a dense layer, few examples', inputs: [[7, 33], [33, 20], [20]] },
    { title: 'a dense layer, many examples', inputs: [[40, 12], [12, 5], [5]] },
  ].map(sizes => ({
    ...sizes,
    compute: (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => tf.relu(tf.add(tf.matMul(x, w), b)),
    expect: (x: Grid, w: Grid, b: Grid) => reference.relu(reference.addBias(reference.matMul(x, w), b)),
  })),
  ...[
    {
      title: 'a product with a transposed',
      transposeA: true,
      transposeB: false,
      inputs: [
        [9, 4],
        [9, 6],
      ],
    },
    {
      title: 'a product with b transposed',
      transposeA: false,
      transposeB: true,
      inputs: [
        [4, 9],
        [6, 9],
      ],
    },
    {
      title: 'a product with both transposed',
      transposeA: true,
      transposeB: true,
      inputs: [
        [9, 4],
        [6, 9],
      ],
    },
  ].map(({ title, transposeA, transposeB, inputs }) => ({
    title,
    inputs,
    compute: (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b, transposeA, transposeB),
    expect: (a: Grid, b: Grid) =>
      reference.matMul(transposeA ? reference.transpose(a) : a, transposeB ? reference.transpose(b) : b),
  })),
  convolution('valid', [1, 1], [2, 6, 5, 3], [3, 3, 3, 4]),
  convolution('same', [1, 1], [2, 6, 5, 3], [3, 3, 3, 4]),
  convolution('same', [1, 1], [1, 5, 6, 2], [4, 2, 2, 3]),
  convolution('valid', [2, 2], [2, 7, 6, 2], [3, 3, 2, 3]),
  convolution('same', [2, 2], [2, 6, 7, 2], [3, 3, 2, 3]),
  convolution('valid', [3, 2], [1, 9, 8, 2], [2, 3, 2, 2]),
  convolution('same', [2, 2], [2, 4, 4, 3], [1, 1, 3, 5]),
  convolution('same', [1, 1], [2, 4, 5, 3], [1, 1, 3, 6]),
  // Numbers of channels for which oneDNN's gradient at a strided 1 x 1 filter is wrong or writes past its memory.
  convolution('same', [3, 3], [1, 12, 12, 5], [1, 1, 5, 12]),
  convolution('same', [2, 2], [1, 12, 12, 6], [1, 1, 6, 8]),
  convolution('valid', [2, 2], [2, 14, 6, 4], [1, 1, 4, 6]),
  convolution('valid', [2, 2], [3, 14, 14, 2], [1, 1, 2, 10]),
  depthwiseConvolution(2, [3, 8, 8, 1], [1, 1, 1, 3]),
  depthwiseConvolution(2, [2, 9, 9, 1], [1, 1, 1, 2]),
  // One channel and one column: oneDNN computes these wrongly with AVX-512.
  convolution('valid', [1, 2], [3, 5, 4, 1], [3, 3, 1, 24]),
  convolution('valid', [1, 3], [8, 4, 4, 1], [1, 3, 1, 2]),
  convolution('same', [1, 3], [3, 9, 2, 1], [1, 2, 1, 24]),
  pooling('max', 2, 'valid', 2),
  pooling('max', 3, 'same', 2),
  pooling('max', 3, 'valid', 1),
  pooling('avg', 2, 'valid', 2),
  pooling('avg', 3, 'same', 2),
  {
    title: 'flattening before a dense layer',
    inputs: [
      [3, 2, 2, 3],
      [12, 4],
    ],
    compute: (x, w) => tf.matMul(tf.reshape(x, [3, 12]), w as tf.Tensor2D),
    expect: (x, w) => reference.matMul({ ...x!, shape: [3, 12] }, w!),
  },
  {
    title: 'a bias for each channel',
    inputs: [[2, 4, 3, 5], [5]],
    compute: (x, b) => tf.add(x!, b!),
    expect: (x, b) => reference.addBias(x!, b!),
  },
  {
    title: 'a sum of two branches',
    inputs: [
      [2, 3, 3, 4],
      [2, 3, 3, 4],
    ],
    compute: (x, y) => tf.add(x!, y!),
    expect: (x, y) => ({ ...x!, values: x!.values.map((value, i) => value + y!.values[i]!) }),
  },
  {
    title: 'dropout by a given mask',
    inputs: [[4, 6]],
    compute: x => tf.mul(x!, tf.tensor2d(dropoutMask(24), [4, 6])),
    expect: x => ({ ...x!, values: x!.values.map((value, i) => value * dropoutMask(24)[i]!) }),
  },
  {
    title: 'batch normalisation of a batch',
    inputs: [[3, 4, 2, 5], [5], [5]],
    compute: (x, gamma, beta) => {
      const { mean, variance } = tf.moments(x!, [0, 1, 2])
      return tf.add(tf.mul(tf.mul(tf.sub(x!, mean), tf.rsqrt(tf.add(variance, EPSILON))), gamma!), beta!)
    },
    expect: (x, gamma, beta) => reference.batchNorm(x!, gamma!, beta!, EPSILON),
  },
  {
    title: 'softmax cross-entropy through tfjs-core',
    inputs: [[5, 7]],
    compute: logits =>
      tf.losses.softmaxCrossEntropy(
        tf.oneHot(tf.tensor1d(LABELS, 'int32'), 7),
        logits!,
        undefined,
        0,
        tf.Reduction.NONE,
      ),
    expect: logits => reference.softmaxCrossEntropy(logits!, LABELS),
  },
]

export const LABELS = [3, 0, 6, 6, 1]

function convolution(
  pad: reference.Window['pad'],
  strides: [number, number],
  x: number[],
  filter: number[],
): Operation {
  return {
    title: `a convolution of ${x} by ${filter}, padding ${pad}, strides ${strides}`,
    inputs: [x, filter],
    compute: (image, weights) => tf.conv2d(image as Images, weights as Images, strides, pad),
    expect: (image, weights) => reference.conv2d(image!, weights!, { pad, strides }),
  }
}

/** Of one channel, which is a plain convolution. */
function depthwiseConvolution(stride: number, x: number[], filter: number[]): Operation {
  return {
    title: `a depthwise convolution of ${x} by ${filter}, stride ${stride}`,
    inputs: [x, filter],
    compute: (image, weights) => tf.depthwiseConv2d(image as Images, weights as Images, stride, 'valid'),
    expect: (image, weights) =>
      reference.conv2d(image!, weights!, { pad: 'valid', strides: [stride, stride] }),
  }
}

function pooling(kind: 'max' | 'avg', size: number, pad: 'valid' | 'same', stride: number): Operation {
  return {
    title: `${kind} pooling of size ${size}, padding ${pad}, stride ${stride}`,
    inputs: [[2, 7, 6, 3]],
    compute: x => (kind === 'max' ? tf.maxPool : tf.avgPool)(x as Images, size, stride, pad),
    expect: x =>
      (kind === 'max' ? reference.maxPool : reference.avgPool)(x!, size, { pad, strides: [stride, stride] }),
  }
}

/** Keeps two of three elements, scaled so that the mean is preserved. */
function dropoutMask(size: number): number[] {
  return Array.from({ length: size }, (_, i) => (i % 3 === 0 ? 0 : 1.5))
}
