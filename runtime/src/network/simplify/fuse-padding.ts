import type { GraphNode, Margins } from '../../graph.ts'

/** Convolutions and pools that read the image without the zeros around it, which become margins. */
export function fusePadding(nodes: readonly GraphNode[]): GraphNode[] {
  return nodes.map(node => {
    const padding = node.inputs.length === 1 ? nodes[node.inputs[0]!]! : undefined
    if (padding?.op !== 'padding' || !('margins' in node)) return node
    const margins = sumOf(padding.margins, node.margins)
    const isFusable =
      node.op === 'convolution' ||
      (node.op === 'maxPooling' && isAboveZero(nodes[padding.inputs[0]!]!) && isWithin(margins, node.size))
    return isFusable ? { ...node, inputs: padding.inputs, margins } : node
  })
}

/** Whether a zero beside its elements changes no maximum. */
function isAboveZero(node: GraphNode): boolean {
  return 'activation' in node && ['relu', 'relu6', 'sigmoid'].includes(node.activation.name)
}

/** Whether every window has an element of the image. */
function isWithin(
  { top, bottom, left, right }: Margins,
  [height, width]: readonly [number, number],
): boolean {
  return Math.max(top, bottom) < height && Math.max(left, right) < width
}

function sumOf(a: Margins, b: Margins): Margins {
  return {
    top: a.top + b.top,
    bottom: a.bottom + b.bottom,
    left: a.left + b.left,
    right: a.right + b.right,
  }
}
