export interface PlotPoint {
  x: number
  y: number
  mark: string
}

export interface PlotOptions {
  /** Of the area of the points, in characters. */
  width: number
  height: number
  labelX: (x: number) => string
  labelY: (y: number) => string
}

/** A scatter plot in text. Where several points meet, the last one is shown. */
export function plot(points: readonly PlotPoint[], { width, height, labelX, labelY }: PlotOptions): string[] {
  const [left, right] = rangeOf(points.map(({ x }) => x))
  const [bottom, top] = rangeOf(points.map(({ y }) => y))
  const grid = Array.from({ length: height }, () => Array<string>(width).fill(' '))
  for (const { x, y, mark } of points) {
    const column = Math.round(((x - left) / (right - left)) * (width - 1))
    const row = Math.round(((top - y) / (top - bottom)) * (height - 1))
    grid[row]![column] = mark
  }
  const labels = grid.map((_, row) => (row === 0 ? labelY(top) : row === height - 1 ? labelY(bottom) : ''))
  const margin = Math.max(...labels.map(label => label.length))
  const axis = `${' '.repeat(margin)} └${'─'.repeat(width)}`
  const [from, to] = [labelX(left), labelX(right)]
  const scale = ' '.repeat(margin + 2) + from + ' '.repeat(Math.max(1, width - from.length - to.length)) + to
  return [
    ...grid.map((cells, row) => `${labels[row]!.padStart(margin)} │${cells.join('')}`.trimEnd()),
    axis,
    scale,
  ]
}

/** The least and the largest value; apart, so that one can divide by their distance. */
function rangeOf(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return low < high ? [low, high] : [low - 0.5, high + 0.5]
}
