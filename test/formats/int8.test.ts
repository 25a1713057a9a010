import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FormatError } from '#formats/format-error.ts'
import { asInt8, toInt8 } from '#formats/int8.ts'
import type { FloatTensor, NamedTensor } from '#formats/named-tensor.ts'
import { decodeSafetensors, encodeSafetensors } from '#formats/safetensors.ts'
import {
  decodeSparseSafetensors,
  encodeSparsePlanes,
  encodeSparseSafetensors,
} from '#formats/sparse-safetensors.ts'
import { softThreshold } from '#formats/trained-model.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { randomStream } from '#network/random.ts'
import { variablesOf } from '#network/variables.ts'
import { LAYOUT_NETWORKS } from '#test/client/layout-networks.ts'
import { modelOf } from '#test/interchange/model-of.ts'
import { tensorWithNonzeros } from './sparse-tensors.ts'

const kernelNamed = (name: string, shape: readonly number[]) => ({ name, kind: 'kernel', shape }) as const
const matrix = (data: readonly number[], columns: number): FloatTensor => ({
  name: 't',
  dtype: 'F32',
  shape: [data.length / columns, columns],
  data: Float32Array.from(data),
})
const int8Of = (tensor: FloatTensor) => toInt8([tensor], [kernelNamed(tensor.name, tensor.shape)])
const readBack = (tensor: FloatTensor) => {
  const file = encodeSparseSafetensors(int8Of(tensor).tensors)
  return [...(decodeSparseSafetensors(file).tensors[0]!.data as Float32Array)]
}

/** The name of the output channel of an element, by the layouts that docs/sparse-safetensors.md lists. */
function channelOf(name: string, index: readonly number[]): string {
  if (name.endsWith('depthwiseKernel')) return String(index.slice(2))
  return String(name === 'transposed/kernel' ? index[2] : index.at(-1))
}

function* elementsOf({ shape, data }: FloatTensor): Generator<[index: number[], value: number]> {
  for (const [flat, value] of data.entries()) {
    let rest = flat
    const index = shape.toReversed().map(length => {
      const position = rest % length
      rest = Math.floor(rest / length)
      return position
    })
    yield [index.reverse(), value]
  }
}

describe('weights as int8', () => {
  for (const [network, json] of Object.entries(LAYOUT_NETWORKS)) {
    it(`are multiples of max |w| / 127 of their output channel, in ${network}`, () => {
      const { topology, weights } = modelOf(json)
      const variables = variablesOf(topology)
      const file = encodeSparseSafetensors(toInt8(weights, variables).tensors)
      const read = new Map(decodeSparseSafetensors(file).tensors.map(tensor => [tensor.name, tensor.data]))
      for (const weight of weights) {
        const found = read.get(weight.name) as Float32Array
        if (variables.find(({ name }) => name === weight.name)!.kind !== 'kernel') {
          assert.deepEqual(found, weight.data)
          continue
        }
        const largest: Record<string, number> = {}
        const elements = [...elementsOf(weight)].map(
          ([index, value]) => [channelOf(weight.name, index), value] as const,
        )
        for (const [channel, value] of elements)
          largest[channel] = Math.max(largest[channel] ?? 0, Math.abs(value))
        for (const [i, [channel, value]] of elements.entries()) {
          const scale = Math.fround(largest[channel]! / 127)
          assert.ok(Math.abs(found[i]! - value) <= 0.50001 * scale, `${weight.name} ${channel}`)
          assert.equal(found[i], Math.fround(Math.round(found[i]! / scale) * scale))
        }
      }
    })
  }

  it('round to the nearest multiple, ties to even, and keep zeros', () => {
    const weights = [127, 0.5, 1.5, 2.5, -0.5, -2.5, 0.6, -0.4, 0, -0]
    assert.deepEqual(readBack(matrix(weights, 1)), [127, 0, 2, 2, 0, -2, 1, 0, 0, 0])
  })

  it('do not depend on other channels, of which some are zero or have subnormal numbers only', () => {
    const tiny = 2 ** -149
    assert.deepEqual(readBack(matrix([1270, 0, tiny, 10, 0, -2 * tiny], 3)), [
      1270,
      0,
      tiny,
      10,
      0,
      -2 * tiny,
    ])
  })

  it('are reported with the largest errors and the number of weights that became zero', () => {
    const tensor = tensorWithNonzeros('t', [300, 20], 0.1)
    const { rounding } = int8Of(tensor)
    const after = readBack(tensor)
    const errors = after.map((value, i) => Math.abs(value - tensor.data[i]!))
    const lost = after.filter((value, i) => value === 0 && tensor.data[i] !== 0).length
    assert.ok(lost > 0)
    assert.deepEqual([rounding.maxAbsoluteError, rounding.changedZeros], [Math.max(...errors), lost])
    assert.ok(rounding.maxErrorInScales! > 0.49 && rounding.maxErrorInScales! < 0.50001)
  })

  it('are those that a reader of the file gets', () => {
    const { topology, weights } = modelOf(LAYOUT_NETWORKS['other convolutions'])
    const variables = variablesOf(topology)
    const file = encodeSparseSafetensors(toInt8(weights, variables).tensors)
    const byName = (a: NamedTensor, b: NamedTensor) => (a.name < b.name ? -1 : 1)
    assert.deepEqual(asInt8(weights, variables).sort(byName), decodeSparseSafetensors(file).tensors)
  })

  it('are not made of a kernel with a value that is not finite', () => {
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const tensor = matrix([1, odd, 0.001, 0], 2)
      assert.deepEqual(int8Of(tensor).tensors, [tensor])
    }
  })

  it('take at most 2.1 bytes for each non-zero of ResNet-50 at 90 % zeros, and the same bytes again', () => {
    const random = randomStream(1, 'int8', 1)
    const variables = variablesOf(PRESET_TOPOLOGIES.resnet50)
    const weights = variables.map(({ name, shape, size }): FloatTensor => {
      const data = softThreshold(
        new Float32Array(size).map(() => random.normal()),
        1.6449,
      )
      return { name, shape, dtype: 'F32', data }
    })
    const nonzero = weights.reduce((sum, { data }) => sum + data.filter(value => value !== 0).length, 0)
    const size = variables.reduce((sum, variable) => sum + variable.size, 0)
    assert.ok(Math.abs(nonzero / size - 0.1) < 0.001)
    const file = encodeSparseSafetensors(toInt8(weights, variables).tensors)
    assert.ok(file.length / nonzero <= 2.1, `${file.length / nonzero} bytes`)
    assert.ok(
      Buffer.from(file).equals(encodeSparseSafetensors(toInt8(weights.toReversed(), variables).tensors)),
    )
  })
})

describe('a file with scales', () => {
  const [kernel] = int8Of(tensorWithNonzeros('t', [30, 20], 0.1)).tensors
  const file = decodeSafetensors(encodeSparseSafetensors([kernel!]))
  const withScales = (change: (scales: NamedTensor) => NamedTensor[]) =>
    encodeSafetensors(
      file.tensors.flatMap(tensor => (tensor.name === 't.scales' ? change(tensor) : [tensor])),
      file.metadata,
    )
  const scales = (shape: number[], value = 1): NamedTensor => ({
    name: 't.scales',
    dtype: 'F32',
    shape,
    data: new Float32Array(shape.reduce((product, length) => product * length, 1)).fill(value),
  })
  const withMetadata = (changed: Record<string, string>) =>
    encodeSafetensors(file.tensors, { ...file.metadata, ...changed })

  it('has version 2, which readers of version 1 refuse; a file without scales has version 1', () => {
    assert.equal(file.metadata['sparse.version'], '2')
    const plain = decodeSafetensors(encodeSparseSafetensors([tensorWithNonzeros('t', [30, 20], 0.1)]))
    assert.equal(plain.metadata['sparse.version'], '1')
  })

  const map = (entry: object) =>
    withMetadata({ 'sparse.tensors': JSON.stringify({ t: { shape: [30, 20], encoding: 'gaps', ...entry } }) })
  const broken: [string, Uint8Array, RegExp][] = [
    ['no scales', withScales(() => []), /needs "t.scales" of dtype F32/],
    [
      'too few scales',
      withScales(() => [scales([19])]),
      /shape \[19\], but the axes of \[30,20\] from 1 on are \[20\]/,
    ],
    ['too many scales', withScales(() => [scales([20, 1])]), /shape \[20,1\], but the axes/],
    [
      'scales of another axis',
      map({ scaleAxis: 0 }),
      /shape \[20\], but the axes of \[30,20\] from 0 on are \[30\]/,
    ],
    ['an axis that the tensor does not have', map({ scaleAxis: 2 }), /from 2 on are \[\]/],
    ['a negative axis', map({ scaleAxis: -1 }), /sparse.tensors must be JSON/],
    ['values that no axis explains', map({}), /needs "t.values" of dtype F32 or BF16/],
    [
      'a scale that is no number',
      withScales(() => [scales([20], Number.NaN)]),
      /must be finite and not negative/,
    ],
    ['a negative scale', withScales(() => [scales([20], -1)]), /must be finite and not negative/],
    [
      'version 1',
      withMetadata({ 'sparse.version': '1' }),
      /has a scaleAxis, which files of sparse.version 1/,
    ],
  ]
  for (const [what, bytes, message] of broken) {
    it(`is refused if it has ${what}`, () => {
      assert.throws(
        () => decodeSparseSafetensors(bytes),
        error => error instanceof FormatError && message.test(error.message),
      )
    })
  }

  it('has no planes', () => {
    assert.throws(() => encodeSparsePlanes([kernel!]), /planes need values of one dtype, F32 or BF16/)
  })
})
