import type { Node } from './saved-model.ts'
import type { Variable } from './variables.ts'

/** A variable and where its new value comes from. */
export interface Assignment {
  variable: Variable
  value: string
}

/**
 * Lets gRDA's op change its accumulator where that lies, if nothing else in the call reads the old value or the new one: a buffer
 * less, and no assignment. Changes the nodes' attributes.
 *
 * @returns the assignments that are left, and the nodes that have taken the place of others
 */
export function updateInPlace(
  body: readonly Node[],
  assignments: readonly Assignment[],
): { left: Assignment[]; updates: string[] } {
  const left: Assignment[] = []
  const updates: string[] = []
  for (const assignment of assignments) {
    const chain = updatesOf(assignment, body)
    for (const node of chain) node.attr.in_place = { b: true }
    if (chain.length > 0) updates.push(chain[0]!.name)
    else left.push(assignment)
  }
  return { left, updates }
}

/** The ops that take a variable step by step to its new value, the last one first; none if it is not theirs alone. */
function updatesOf({ variable, value }: Assignment, body: readonly Node[]): Node[] {
  const chain: Node[] = []
  for (let source = value; source !== variable.read; source = chain.at(-1)!.input[0]!) {
    const node = body.find(({ name, op }) => op === 'ThresherGrda' && `${name}:0` === source)
    const isReadElsewhere = usersOf(source, body) > (source === value ? 0 : 1)
    if (!node || isReadElsewhere) return []
    chain.push(node)
  }
  return usersOf(variable.read, body) === 1 ? chain : []
}

function usersOf(value: string, body: readonly Node[]): number {
  return body.filter(({ input }) => input.includes(value)).length
}
