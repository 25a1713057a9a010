import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { buildCallGraph } from '#workers/engine/native/graph/call-graph.ts'
import type { Node } from '#workers/engine/native/graph/saved-model.ts'
import { listVariables, variableNodes } from '#workers/engine/native/graph/variables.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { grdaStep } from '#workers/engine/ops/grda-step.ts'
import type { Routine } from '#workers/engine/program.ts'

await openEngine('native')

const step: Routine = ({ slots, params }, { g }) => {
  const { accumulator, weights } = grdaStep(slots!.v!, tf.mul(g!, params!.w!), tf.scalar(0.1), tf.scalar(0.5))
  return { outputs: {}, variables: { slots: { v: accumulator }, params: { w: weights } } }
}

test('a graph lets an op write an accumulator in place, and assigns only the other variables', () => {
  const nodes = graphOf(step)
  assert.deepEqual(inPlaceOf(nodes), [true])
  assert.equal(assignmentsIn(nodes), 1)
})

test('a graph does not update an accumulator in place when another op reads it', () => {
  const reading: Routine = (variables, inputs) => ({
    ...step(variables, inputs),
    outputs: { norm: tf.sum(tf.square(variables.slots!.v!)) },
  })
  const nodes = graphOf(reading)
  assert.deepEqual(inPlaceOf(nodes), [false])
  assert.equal(assignmentsIn(nodes), 2)
})

/** The nodes of one call of the routine. */
function graphOf(routine: Routine): Node[] {
  const values = () => tf.tensor1d([1, -2, 3])
  const variables = listVariables({ slots: { v: values() }, params: { w: values() } })
  const nodes = variables.flatMap(variableNodes)
  const before = nodes.length
  buildCallGraph('call', nodes, variables, routine, { g: values() })
  return nodes.slice(before)
}

function inPlaceOf(nodes: readonly Node[]): unknown[] {
  return nodes.flatMap(({ attr }) => (attr.in_place ? [attr.in_place.b] : []))
}

function assignmentsIn(nodes: readonly Node[]): number {
  return nodes.filter(({ op }) => op === 'AssignVariableOp').length
}
