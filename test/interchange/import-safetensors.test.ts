import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { before, describe, it } from 'node:test'
import { asInt8 } from '#formats/int8.ts'
import { decodeSafetensors, encodeSafetensors } from '#formats/safetensors.ts'
import { modelFromCheckpoint } from '#formats/trained-model.ts'
import { encodeArtifact, type TrainingRecord } from '#interchange/encode-artifact.ts'
import { variablesOf } from '#network/variables.ts'
import { byName, layer, modelImports, writeLenet } from './model-imports.ts'

describe('uploaded safetensors', () => {
  const { pathOf, bring } = modelImports()
  const lenet = { preset: 'mnist-lenet' } as const
  let record: TrainingRecord
  before(async () => {
    record = await writeLenet(pathOf)
  })

  it("this service's own files are read back unchanged, including PyTorch's layout and its optimizer's state", async () => {
    const model = modelFromCheckpoint(record.spec, record.checkpoint!)
    for (const name of ['sparse.safetensors', 'dense.safetensors', 'torch.safetensors']) {
      const { checkpoint, hasState } = await bring([name], lenet, 'state.safetensors')
      const { params, accumulator } = checkpoint.state.variables
      assert.deepEqual(byName(params!), byName(model.weights))
      assert.deepEqual(byName(accumulator!), byName(model.dualAverage!.accumulator))
      const { step, l1 } = record.checkpoint!.state.clock
      assert.deepEqual([hasState, checkpoint.state.clock], [true, { step, l1, time: 0 }])
    }
  })

  it('half precision is widened, and names of data-parallel training are read', async () => {
    const { tensors } = decodeSafetensors(await readFile(pathOf('torch.safetensors')))
    const wrapped = tensors.map(tensor => ({ ...tensor, name: `module.${tensor.name}` }))
    await writeFile(pathOf('wrapped.safetensors'), encodeSafetensors(wrapped))
    const { bytes } = await encodeArtifact('model.safetensors', record, { layout: 'torch', dtype: 'bf16' })
    await writeFile(pathOf('half.safetensors'), bytes)
    const whole = (await bring(['wrapped.safetensors'], lenet)).checkpoint
    const half = (await bring(['half.safetensors'], lenet)).checkpoint
    half.state.variables.params!.forEach(({ data }, index) => {
      const exact = whole.state.variables.params![index]!.data
      data.forEach((value, i) => {
        assert.ok(Math.abs(value - exact[i]!) <= Math.abs(exact[i]!) / 128)
      })
    })
  })

  it('int8 is read as the float32 values that it stands for', async () => {
    const { bytes } = await encodeArtifact('model.sparse.safetensors', record, { dtype: 'int8' })
    await writeFile(pathOf('int8.safetensors'), bytes)
    const { checkpoint } = await bring(['int8.safetensors'], lenet)
    const model = modelFromCheckpoint(record.spec, record.checkpoint!)
    const expected = asInt8(model.weights, variablesOf(model.topology))
    assert.deepEqual(byName(checkpoint.state.variables.params!), byName(expected))
  })

  it('a file whose scales are missing is refused with its name', async () => {
    const { bytes } = await encodeArtifact('model.sparse.safetensors', record, { dtype: 'int8' })
    const { tensors, metadata } = decodeSafetensors(bytes)
    const left = tensors.filter(({ name }) => name !== 'conv1/kernel.scales')
    await writeFile(pathOf('without.safetensors'), encodeSafetensors(left, metadata))
    await assert.rejects(
      bring(['without.safetensors'], lenet),
      /without\.safetensors is damaged.*: the file needs "conv1\/kernel\.scales" of dtype F32/,
    )
  })

  it('a module with other names is matched by shape and position, never by a guess', async () => {
    const { params } = (await bring(['torch.safetensors'], lenet)).checkpoint.state.variables
    const { tensors } = decodeSafetensors(await readFile(pathOf('torch.safetensors')))
    const position = new Map([
      ['conv1', 0],
      ['conv2', 3],
      ['fc1', 7],
      ['fc2', 10],
    ])
    const numbered = tensors.map(tensor => {
      const [layer, word] = tensor.name.split('.')
      return { ...tensor, name: `net.${position.get(layer!)}.${word}` }
    })
    await writeFile(pathOf('numbered.safetensors'), encodeSafetensors(numbered))
    const byShape = (await bring(['numbered.safetensors'], lenet)).checkpoint
    assert.deepEqual(byName(byShape.state.variables.params!), byName(params!))

    const dense = (name: string) => layer('Dense', { name, units: 4 })
    const input = layer('InputLayer', { name: 'points', batch_shape: [null, 4] })
    const topology = {
      class_name: 'Sequential',
      config: { layers: [input, dense('first'), dense('second')] },
    }
    const square = (module: string, value: number) => [
      {
        name: `${module}.weight`,
        dtype: 'F32' as const,
        shape: [4, 4],
        data: new Float32Array(16).fill(value),
      },
      { name: `${module}.bias`, dtype: 'F32' as const, shape: [4], data: new Float32Array(4).fill(value) },
    ]
    const files = { two: ['2', '10'], words: ['encoder', 'decoder'], three: ['0', '1', '2'] }
    for (const [name, modules] of Object.entries(files)) {
      const written = modules.flatMap((module, index) => square(module, index + 1))
      await writeFile(pathOf(`${name}.safetensors`), encodeSafetensors(written))
    }
    const two = byName((await bring(['two.safetensors'], { topology })).checkpoint.state.variables.params!)
    assert.deepEqual([two.get('first/kernel')![0], two.get('second/kernel')![0]], [1, 2])
    await assert.rejects(
      bring(['words.safetensors'], { topology }),
      /both \[4,4\]: rename them as in the model/,
    )
    await assert.rejects(
      bring(['three.safetensors'], { topology }),
      /the model has 2 tensors like first\.weight \[4,4\], the file has 3/,
    )
  })
})
