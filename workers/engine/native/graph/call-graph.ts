import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core'
import { inScope } from '#workers/engine/in-scope.ts'
import type { Routine, Variables } from '#workers/engine/program.ts'
import { feedNodes } from './feeds.ts'
import { barrierNode, dtypeValue } from './nodes.ts'
import { type References, recordOperations, referenceTo } from './record-operations.ts'
import type { Node } from './saved-model.ts'
import { updateInPlace } from './update-in-place.ts'
import type { GraphVariable } from './variables.ts'

/** The nodes to feed and to fetch, by the names of inputs and outputs. */
export interface CallGraph {
  feeds: ReadonlyMap<string, string>
  fetches: ReadonlyMap<string, string>
  /**
   * Fetched when there are no outputs. It is a constant on the host that is ready when all variables are assigned, so the call waits for no
   * device.
   */
  barrier?: string
}

/**
 * Adds the graph of one call to `nodes`, which already contain the nodes of the variables. Every output waits until all variables
 * are assigned.
 */
export function buildCallGraph(
  prefix: string,
  nodes: Node[],
  variables: readonly GraphVariable[],
  routine: Routine,
  inputs: NamedTensorMap,
): CallGraph {
  const references: References = new WeakMap(variables.map(({ tensor, read }) => [tensor.dataId, read]))
  const feeds = addFeeds(prefix, nodes, references, inputs)
  const first = nodes.length
  return inScope(() => {
    const result = recordOperations(nodes, references, () => routine(groupTensors(variables), inputs))
    const source = (tensor: Tensor) => referenceTo(tensor, nodes, references)
    const assigned = variables.flatMap(variable => {
      const value = result.variables?.[variable.group]?.[variable.name]
      return value ? [{ variable, value: source(value) }] : []
    })
    const outputs = Object.entries(result.outputs).map(
      ([name, tensor]) => [name, tensor, source(tensor)] as const,
    )
    const body = nodes.slice(first)
    const { remaining, updates } = updateInPlace(body, assigned)
    const assignments = remaining.map(({ variable, value }, index) =>
      assignNode(`${prefix}/assign/${index}`, variable, value, body),
    )
    const changes = [...updates, ...assignments.map(({ name }) => name)]
    const results = outputs.map(([name, tensor, value]) => ({
      name: `${prefix}/output/${name}`,
      op: 'Identity',
      input: [value, ...changes.map(change => `^${change}`)],
      attr: { T: dtypeValue(tensor) },
    }))
    const barrier = barrierNode(`${prefix}/changed`, changes)
    nodes.push(...assignments, ...results, barrier)
    const fetches = new Map(outputs.map(([name], index) => [name, results[index]!.name]))
    return { feeds, fetches, barrier: barrier.name }
  })
}

/** Adds the nodes of the inputs. @returns the nodes to feed, by the names of the inputs */
function addFeeds(
  prefix: string,
  nodes: Node[],
  references: References,
  inputs: NamedTensorMap,
): ReadonlyMap<string, string> {
  const feeds = new Map<string, string>()
  for (const [name, tensor] of Object.entries(inputs)) {
    const added = feedNodes(`${prefix}/${name}`, tensor)
    nodes.push(...added)
    feeds.set(name, added[0]!.name)
    references.set(tensor.dataId, added.at(-1)!.name)
  }
  return feeds
}

/** The assignment runs after all other uses of the value, so that the variable can reuse its memory; earlier, the value would be copied. */
function assignNode(
  name: string,
  { handle, read, tensor }: GraphVariable,
  value: string,
  body: readonly Node[],
): Node {
  const users = body.filter(({ input }) => input.includes(value)).map(node => `^${node.name}`)
  return {
    name,
    op: 'AssignVariableOp',
    input: [handle, value, `^${read}`, ...users],
    attr: { dtype: dtypeValue(tensor) },
  }
}

function groupTensors(variables: readonly GraphVariable[]): Variables {
  const groups: Record<string, NamedTensorMap> = {}
  for (const { group, name, tensor } of variables) groups[group] = { ...groups[group], [name]: tensor }
  return groups
}
