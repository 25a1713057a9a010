import type { Node } from './saved-model.ts'
import type { Variable } from './variables.ts'

/** An assignment of a call's graph: the variable and where its new value comes from. */
export interface Assignment {
  variable: Variable
  value: string
}

/**
 * Makes `variable - gradient * rate` one op on the variable's own memory, ResourceApplyGradientDescent, where nothing else reads
 * the variable's old value: two passes over memory less. Changes `nodes` in place.
 *
 * @returns the assignments that are left, and the names of the nodes that have taken the place of others
 */
export function descendInPlace(
  nodes: Node[],
  assignments: readonly Assignment[],
): { left: Assignment[]; descents: string[] } {
  const left: Assignment[] = []
  const descents: string[] = []
  for (const assignment of assignments) {
    const descent = applyDescent(nodes, assignment)
    if (descent) descents.push(descent)
    else left.push(assignment)
  }
  return { left, descents }
}

function applyDescent(nodes: Node[], { variable, value }: Assignment): string | undefined {
  const difference = nodes.find(({ name }) => `${name}:0` === value)
  const product = nodes.find(({ name }) => `${name}:0` === difference?.input[1])
  if (difference?.op !== 'Sub' || difference.input[0] !== variable.read || product?.op !== 'Mul') return
  if (usersOf(variable.read, nodes) > 1 || usersOf(`${product.name}:0`, nodes) > 1) return
  const [gradient, rate] = product.input as [string, string]
  if (!isFedScalar(nodes.find(({ name }) => name === rate))) return
  const { T } = product.attr as { T: Node['attr'][string] }
  const name = `${product.name}/in-place`
  nodes.splice(nodes.indexOf(product), 1)
  nodes.splice(
    nodes.indexOf(difference),
    1,
    {
      name,
      op: 'ResourceApplyGradientDescent',
      input: [variable.handle, rate, gradient],
      attr: { T },
    },
    { name: difference.name, op: 'ReadVariableOp', input: [variable.handle, `^${name}`], attr: { dtype: T } },
  )
  return name
}

function isFedScalar(node: Node | undefined): boolean {
  const { dim } = (node?.attr.shape?.shape ?? {}) as { dim?: unknown[] }
  return node?.op === 'Placeholder' && dim?.length === 0
}

function usersOf(value: string, nodes: readonly Node[]): number {
  return nodes.filter(({ input }) => input.includes(value)).length
}
