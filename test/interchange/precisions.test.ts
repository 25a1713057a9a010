import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { assertClose } from '#test/support/predict.ts'
import { pythonWithReaders } from '#test/support/readers.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { answersOf } from './answers-of.ts'

await openEngine('native')

describe('weights in another precision', () => {
  let folder: string
  let points: number[]
  let expected: Record<string, number[]>
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thresher-precisions-'))
    const script = fileURLToPath(new URL('write_precisions.py', import.meta.url))
    await promisify(execFile)(await pythonWithReaders(), [script, folder])
    const written = JSON.parse(await readFile(join(folder, 'answers.json'), 'utf8'))
    points = written.points
    expected = written.answers
  })
  after(() => rm(folder, { recursive: true, force: true }))

  for (const precision of ['float16', 'bfloat16', 'float64', 'mixed_float16'])
    it(`a Keras model of ${precision} is read without loss, with a warning that training is in float32`, async () => {
      const endings = ['.keras', ...(precision === 'bfloat16' ? [] : ['.h5'])]
      for (const ending of endings) {
        const { answers, warnings } = await answersOf([join(folder, precision + ending)], points)
        assertClose(answers, expected[precision]!)
        assert.deepEqual(
          warnings.map(({ code, message }) => [code, message.split(' in the file')[0]]),
          [['trained_in_float32', `hidden, norm, classes are ${precision}`]],
        )
      }
    })

  it('quantized weights of TensorFlow.js are their levels times the scale plus the minimum', async () => {
    for (const [name, quantization, bytes, kernel] of QUANTISED) {
      await writeFile(join(folder, `${name}.bin`), bytes)
      await writeFile(join(folder, `${name}.json`), JSON.stringify(tfjsModel(name, quantization)))
      const files = ['.json', '.bin'].map(ending => join(folder, name + ending))
      const { answers } = await answersOf(files, [1, 0, 0, 1])
      const rows = [kernel.slice(0, 2), kernel.slice(2)].map(softmax)
      assertClose(answers, rows.flat())
    }
    const short = tfjsModel('uint8', { dtype: 'uint16', scale: 1, min: 0 })
    await writeFile(join(folder, 'short.json'), JSON.stringify(short))
    await assert.rejects(answersOf([join(folder, 'short.json'), join(folder, 'uint8.bin')], [1, 0]), {
      name: 'FormatError',
      message: 'uint8.bin ends before line/kernel [2,2] does',
    })
  })
})

/** For a kernel [2, 2]: the quantization, the stored bytes, and the values. */
const QUANTISED: readonly [name: string, quantization: object, bytes: Uint8Array, kernel: number[]][] = [
  [
    'uint8',
    { dtype: 'uint8', original_dtype: 'float32', scale: 0.5, min: -1 },
    Uint8Array.of(0, 1, 2, 255),
    [-1, -0.5, 0, 126.5],
  ],
  [
    'uint16',
    { dtype: 'uint16', original_dtype: 'float32', scale: 0.25, min: -2 },
    new Uint8Array(Uint16Array.of(0, 4, 8, 40).buffer),
    [-2, -1, 0, 8],
  ],
  [
    'float16',
    { dtype: 'float16', original_dtype: 'float32' },
    // 1, -2, 0.5 and 0 by IEEE 754.
    new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x3800, 0).buffer),
    [1, -2, 0.5, 0],
  ],
]

function tfjsModel(name: string, quantization: object) {
  return {
    format: 'layers-model',
    modelTopology: {
      keras_version: '2.15.0',
      model_config: {
        class_name: 'Sequential',
        config: {
          layers: [
            { class_name: 'InputLayer', config: { batch_input_shape: [null, 2], name: 'pair' } },
            {
              class_name: 'Dense',
              config: { units: 2, name: 'line', use_bias: false, activation: 'softmax' },
            },
          ],
        },
      },
    },
    weightsManifest: [
      {
        paths: [`${name}.bin`],
        weights: [{ name: 'line/kernel', shape: [2, 2], dtype: 'float32', quantization }],
      },
    ],
  }
}

function softmax(row: readonly number[]): number[] {
  const powers = row.map(value => Math.exp(value - Math.max(...row)))
  const sum = powers.reduce((total, power) => total + power)
  return powers.map(power => power / sum)
}
