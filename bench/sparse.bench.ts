import { toBfloat16 } from '#formats/bfloat16.ts'
import { toInt8 } from '#formats/int8.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { decodeSafetensors, encodeSafetensors } from '#formats/safetensors.ts'
import {
  decodeSparseSafetensors,
  encodeSparsePlanes,
  encodeSparseSafetensors,
} from '#formats/sparse-safetensors.ts'
import { compressZstd } from '#formats/zstd.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { randomStream } from '#network/random.ts'
import { variablesOf } from '#network/variables.ts'
import { median } from '#test/support/median.ts'
import { writeSection } from '#test/support/write-section.ts'

// The file size of a sparse ResNet-50, and the speed of writing and reading it compared with copying its dense weights:
//   npm run bench -- sparse

const SPARSITY = 0.9154
const ROUNDS = 9
const MIB = 2 ** 20

const variables = variablesOf(PRESET_TOPOLOGIES.resnet50)
const dense = gaussians()
const denseBytes = dense.reduce((sum, { data }) => sum + data.byteLength, 0)
const threshold = quantile(SPARSITY)
const weights = dense.map(tensor => ({ ...tensor, data: tensor.data.map(softThreshold) }))
const nonzero = weights.reduce(
  (sum, { data }) => sum + data.reduce((count, w) => count + Number(w !== 0), 0),
  0,
)

const sparse = encodeSparseSafetensors(weights)
const halves = toBfloat16(weights).tensors
const bytes = encodeSparseSafetensors(toInt8(weights, variables).tensors)
const sizes = {
  'dense float32': denseBytes,
  'model.safetensors': encodeSafetensors(weights).length,
  'model.sparse.safetensors': sparse.length,
  'model.sparse.safetensors.zst': (await compressZstd(encodeSparsePlanes(weights))).length,
  'model.sparse.safetensors, bfloat16': encodeSparseSafetensors(halves).length,
  'model.sparse.safetensors.zst, bfloat16': (await compressZstd(encodeSparsePlanes(halves))).length,
  'model.sparse.safetensors, int8': bytes.length,
  'model.sparse.safetensors.zst, int8': (await compressZstd(bytes)).length,
}

const copy = new Uint8Array(denseBytes)
const file = encodeSafetensors(weights)
const rates = {
  'copying the memory': () => copy.set(file.subarray(file.length - denseBytes)),
  'writing it dense': () => encodeSafetensors(weights),
  'writing it sparse': () => encodeSparseSafetensors(weights),
  'reading it dense, every value summed': () =>
    decodeSafetensors(file).tensors.map(({ data }) => sum(data as Float32Array)),
  'reading it sparse': () => decodeSparseSafetensors(sparse),
}
const seconds = new Map(Object.keys(rates).map(name => [name, [] as number[]]))
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, work] of Object.entries(rates)) {
    const startedAt = performance.now()
    work()
    seconds.get(name)!.push((performance.now() - startedAt) / 1000)
  }
}
await writeSection('The size and speed of sparse files', report())

/** Values from N(0, 1) in the shapes of ResNet-50, drawn with a fixed seed. */
function gaussians(): FloatTensor[] {
  const random = randomStream(1, 'sparse', 1)
  return variables.map(({ name, shape, size }) => ({
    name,
    shape,
    dtype: 'F32',
    data: new Float32Array(size).map(() => random.normal()),
  }))
}

/** The quantile of the magnitudes at this share. */
function quantile(share: number): number {
  const magnitudes = new Float32Array(denseBytes / 4)
  let at = 0
  for (const { data } of dense) for (const value of data) magnitudes[at++] = Math.abs(value)
  return magnitudes.sort()[Math.round(share * at)]!
}

function softThreshold(v: number): number {
  return v - Math.min(Math.max(v, -threshold), threshold)
}

function sum(values: Float32Array): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]!
  return total
}

function report(): string {
  const copying = median(seconds.get('copying the memory')!)
  return [
    `\`npm run bench -- sparse\`: the ${(denseBytes / 4).toLocaleString('en')} weights of ResNet-50, drawn from N(0, 1) by a fixed seed and soft-thresholded to ${nonzero.toLocaleString('en')} non-zeros (${(100 * (1 - (4 * nonzero) / denseBytes)).toFixed(2)} % zeros).`,
    '',
    '| file | MiB |',
    '| --- | --- |',
    ...Object.entries(sizes).map(([name, bytes]) => `| ${name} | ${(bytes / MIB).toFixed(2)} |`),
    '',
    `Medians of ${ROUNDS} alternating rounds on one core, as rates of dense float32 values.`,
    '',
    '| | MB/s | time / time of the copy |',
    '| --- | --- | --- |',
    ...[...seconds].map(([name, samples]) => {
      const time = median(samples)
      return `| ${name} | ${(denseBytes / time / 1e6).toFixed(0)} | ${(time / copying).toFixed(1)} |`
    }),
  ].join('\n')
}
