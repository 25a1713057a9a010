import * as tf from '@tensorflow/tfjs-core'
import { nativeBackend } from '#workers/engine/native/native-backend.ts'
import type { Call, Program, Routines, Variables } from '#workers/engine/program.ts'
import { buildCallGraph, type CallGraph } from './call-graph.ts'
import { toFeed } from './feeds.ts'
import { barrierNode } from './nodes.ts'
import { loadGraph, type Node } from './saved-model.ts'
import { type GraphVariable, listVariables, variableNodes } from './variables.ts'

/**
 * A program whose calls are graphs over resource variables, run in one TensorFlow session. Each of `calls` is executed once, kernel by
 * kernel, and the executed ops are recorded. The results equal those of the eager program up to rounding, because TensorFlow fuses and
 * reorders the ops of a graph.
 */
export function openCompiledProgram(initial: Variables, routines: Routines, calls: readonly Call[]): Program {
  const variables = listVariables(initial)
  const groups = Object.keys(initial)
  const membersOf = (group: string) => variables.filter(variable => variable.group === group)
  const nodes: Node[] = [
    ...variables.flatMap(variableNodes),
    ...groups.map(group => writtenNode(group, membersOf(group))),
  ]
  const graphs = new Map(
    calls.map((call, index) => [
      signature(call),
      buildCallGraph(`call/${index}`, nodes, variables, routines[call.routine]!, call.inputs),
    ]),
  )
  const session = loadGraph(nodes)
  const write = (group: string, values: tf.NamedTensorMap) => {
    writeVariables(session, group, membersOf(group), values)
    tf.dispose(values)
  }
  for (const group of groups)
    write(group, Object.fromEntries(membersOf(group).map(({ name, tensor }) => [name, tensor])))
  tf.dispose(initial as tf.TensorContainer)
  return {
    groups,
    run(call) {
      const graph = graphs.get(signature(call))
      if (!graph) throw new Error(`No graph was recorded for ${signature(call)}.`)
      return tf.tidy(() => {
        const inputs = Object.entries(call.inputs).map(([name, tensor]) => [name, toFeed(tensor)])
        return runGraph(session, graph, Object.fromEntries(inputs))
      })
    },
    read(group) {
      const fetches = new Map(membersOf(group).map(({ name, read }) => [name, read]))
      const tensors = runGraph(session, { feeds: new Map(), fetches }, {})
      const values = new Map(
        Object.entries(tensors).map(([name, tensor]) => [name, tensor.dataSync<'float32'>().slice()]),
      )
      tf.dispose(tensors)
      return values
    },
    write,
    dispose: () => nativeBackend().binding.deleteSavedModel(session),
  }
}

/** The node that waits until the variables of a group are assigned. */
function writtenNode(group: string, members: readonly GraphVariable[]): Node {
  return barrierNode(
    `written/${group}`,
    members.map(({ write }) => write),
  )
}

/** @param values by the names of the group's variables, `members` */
function writeVariables(
  session: number,
  group: string,
  members: readonly GraphVariable[],
  values: tf.NamedTensorMap,
): void {
  if (members.length === 0) return
  const feeds = new Map(members.map(({ name, placeholder }) => [name, placeholder]))
  runGraph(session, { feeds, fetches: new Map(), barrier: `written/${group}` }, values)
}

/** Two calls of a routine differ only in the shapes of their inputs. */
function signature({ routine, inputs }: Call): string {
  return JSON.stringify([routine, Object.entries(inputs).map(([name, { shape }]) => [name, shape])])
}

function runGraph(
  session: number,
  { feeds, fetches, barrier }: CallGraph,
  inputs: tf.NamedTensorMap,
): tf.NamedTensorMap {
  const backend = nativeBackend()
  const ids = backend.getInputTensorIds([...feeds.keys()].map(name => inputs[name]!))
  const feedNames = [...feeds.values()].join(',')
  const wanted = fetches.size > 0 ? [...fetches.values()] : [barrier]
  const handles = backend.binding.runSavedModel(session, ids, feedNames, wanted.join(','))
  if (fetches.size === 0) backend.binding.deleteTensor(handles[0]!.id)
  return Object.fromEntries(
    [...fetches.keys()].map((name, index) => [name, backend.createOutputTensor(handles[index]!)]),
  )
}
