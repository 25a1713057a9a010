import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type Variable, variablesOf } from '#network/variables.ts'
import { SEQUENCE_NETWORKS } from '#test/workers/layers/sequence-networks.ts'
import { measureWeights } from '#workers/training/metrics.ts'
import { toWeight } from '#workers/training/weights.ts'

it('weightSparsity counts kernels, including embeddings, and nothing else', () => {
  const variables = variablesOf(SEQUENCE_NETWORKS['an MLP over embedded tokens']!)
  const measure = (isZero: (variable: Variable) => boolean) =>
    measureWeights(
      variables.map(variable =>
        toWeight(variable, new Float32Array(variable.size).fill(isZero(variable) ? 0 : 1)),
      ),
      variables,
    ).weightSparsity
  assert.equal(
    measure(({ kind }) => kind === 'bias'),
    0,
  )
  // 7 tokens of 3 numbers, and a dense kernel of 12 x 3.
  assert.equal(
    measure(({ name }) => name === 'words/embeddings'),
    21 / (21 + 36),
  )
})
