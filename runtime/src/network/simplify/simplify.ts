import type { Graph } from '../../graph.ts'
import { foldAffineBefore } from './fold-affine-before.ts'
import { foldAffineBehind } from './fold-affine-behind.ts'
import { fuseActivation } from './fuse-activation.ts'
import { fusePadding } from './fuse-padding.ts'
import { limitAxes } from './limit-axes.ts'
import { mergeNodes } from './merge-nodes.ts'
import { removeNodes } from './remove-nodes.ts'

/**
 * A graph with fewer nodes that computes the same: batch normalizations and the preprocessing become a part of weights, activations of the
 * nodes before them, and zeros around images of windows.
 */
export function simplify({ nodes }: Graph): Graph {
  const merged = mergeNodes(
    removeNodes(nodes),
    (node, behind) => foldAffineBehind(node, behind) ?? fuseActivation(node, behind),
  )
  return { nodes: removeNodes(fusePadding(foldAffineBefore(merged))).map(limitAxes) }
}
