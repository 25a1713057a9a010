/** The shape of a tensor: 28 × 28 × 1. A scalar is `scalar`. */
export function formatShape(shape: readonly number[] | undefined): string {
  if (!shape) return '–'
  return shape.length > 0 ? shape.join(' × ') : 'scalar'
}
