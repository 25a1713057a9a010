import { IN_PLACE } from '#workers/engine/native/attributes.ts'
import type { Node } from './saved-model.ts'
import type { GraphVariable } from './variables.ts'

/** A variable and the source of its new value. */
export interface Assignment {
  variable: GraphVariable
  value: string
}

/**
 * Lets ops with the attribute IN_PLACE overwrite a variable's old value with the new one, if nothing else in the call reads either. This
 * saves a buffer and an assignment. Changes the nodes' attributes.
 * @returns the assignments that are still needed, and the nodes that replace the others
 */
export function updateInPlace(
  body: readonly Node[],
  assignments: readonly Assignment[],
): { remaining: Assignment[]; updates: string[] } {
  const remaining: Assignment[] = []
  const updates: string[] = []
  for (const assignment of assignments) {
    const chain = updatesOf(assignment, body)
    for (const node of chain) node.attr[IN_PLACE] = { b: true }
    if (chain.length > 0) updates.push(chain[0]!.name)
    else remaining.push(assignment)
  }
  return { remaining, updates }
}

/** The ops that compute a variable's new value from its old one, last op first; none if other ops take part. */
function updatesOf({ variable, value }: Assignment, body: readonly Node[]): Node[] {
  const chain: Node[] = []
  for (let source = value; source !== variable.read; source = chain.at(-1)!.input[0]!) {
    const node = body.find(({ name, attr }) => IN_PLACE in attr && `${name}:0` === source)
    const isReadElsewhere = usersOf(source, body) > (source === value ? 0 : 1)
    if (!node || isReadElsewhere) return []
    chain.push(node)
  }
  return usersOf(variable.read, body) === 1 ? chain : []
}

function usersOf(value: string, body: readonly Node[]): number {
  return body.filter(({ input }) => input.includes(value)).length
}
