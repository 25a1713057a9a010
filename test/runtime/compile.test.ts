import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from '#runtime/src/engine/compile.ts'
import { nativeInstructionSets } from '#runtime/src/engine/native-host.ts'
import { wasmInstructionSets } from '#runtime/src/engine/wasm-host.ts'
import type { Graph, GraphNode } from '#runtime/src/graph.ts'
import type { ModelOptions } from '#runtime/src/options.ts'
import { CASES, randomNumbers } from '#test/runtime/graph-cases.ts'
import { runGraph } from '#test/support/run-graph.ts'

const COUNTS = [1, 3, 8, 33]
/** Also programs that one thread would compute because they are short. */
const ON_ALL_THREADS = 0
const INSTRUCTIONS = { native: nativeInstructionSets(), wasm: wasmInstructionSets() }
const HOSTS = (['native', 'wasm'] as const).flatMap((backend): ModelOptions[] => [
  { backend, threads: 2 },
  { backend, threads: 3 },
  ...INSTRUCTIONS[backend].map(instructions => ({ backend, instructions, threads: 1 })),
])

for (const host of HOSTS)
  for (const kernels of ['sparse', 'dense'] as const)
    test(`${host.backend} ${host.instructions ?? ''} on ${host.threads} threads with ${kernels} kernels computes what the nodes define`, async t => {
      for (const [name, graph] of Object.entries(CASES))
        await t.test(name, async () => {
          const model = await compile(graph, { ...host, kernels }, ON_ALL_THREADS)
          try {
            for (const count of COUNTS)
              assertEqualsDefinition(graph, count, model.run(inputsOf(graph, count), count))
          } finally {
            model.dispose()
          }
        })
    })

for (const backend of ['native', 'wasm'] as const)
  test(`${backend} gives the same bits for one example on any number of threads, and for several in each run on two`, async () => {
    for (const graph of Object.values(CASES)) {
      const models = await Promise.all(
        [1, 2, 2, 3].map(threads => compile(graph, { backend, threads }, ON_ALL_THREADS)),
      )
      const repeated = models.slice(1, 3)
      for (const [count, compared] of [[1, models] as const, [5, repeated] as const]) {
        const inputs = inputsOf(graph, count)
        const [first, ...others] = compared.flatMap(model => [
          model.run(inputs, count),
          model.run(inputs, count),
        ])
        for (const other of others) assert.deepEqual(other, first)
      }
      for (const model of models) model.dispose()
    }
  })

test('Instructions that the machine does not have are refused, and those without their backend', async () => {
  const open = (options: ModelOptions) => compile(CASES.dense!, options)
  await assert.rejects(open({ backend: 'native', instructions: 'vax' }), /instructions is vax; .* has .*\w/)
  await assert.rejects(open({ backend: 'wasm', instructions: 'avx2' }), /this machine has .*simd/)
  await assert.rejects(open({ instructions: 'simd' }), /needs the backend/)
})

test('A wrong number of inputs is refused', async () => {
  const model = await compile(CASES.dense!, {})
  assert.throws(() => model.run(new Float32Array(3), 1), /inputs has 3 numbers; 1 examples have \d+/)
  model.dispose()
})

function inputsOf({ nodes }: Graph, count: number): Float32Array {
  return randomNumbers(count * elementsOf(nodes[0]!))
}

function elementsOf({ shape }: GraphNode): number {
  return shape.reduce((product, n) => product * n, 1)
}

/** Within 1e-5 of the greatest output. */
function assertEqualsDefinition(graph: Graph, count: number, actual: Float32Array): void {
  const expected = runGraph(graph, inputsOf(graph, count), count)
  assert.equal(actual.length, expected.length)
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3)
  for (const [i, value] of expected.entries())
    assert.ok(
      Math.abs(actual[i]! - value) <= 1e-5 * scale,
      `output ${i} is ${actual[i]} instead of ${value}, ${count} examples`,
    )
}
