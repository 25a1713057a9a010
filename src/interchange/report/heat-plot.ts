/** A place on the axes of a map, with the sign that marks it. */
export interface Mark {
  x: number
  y: number
  name: string
}

export interface Heat {
  title: string
  xs: readonly number[]
  ys: readonly number[]
  /** Row by row, in the order of `ys`; null where there is none. */
  values: readonly (number | null)[]
  marks: readonly Mark[]
  /** A line across the map. */
  path: readonly (readonly [number, number])[]
}

/** Five colours of viridis (Smith and van der Walt 2015), which stay in order for colour-blind readers and in print. */
const STOPS = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37],
] as const
const SIDE = 288
const MARGIN = { left: 36, top: 56, bottom: 32 }
const GAP = 40
const KEY = { height: 10, steps: 48 }

/** Maps beside each other over the same axes, colours by the logarithm of the value, as a self-contained SVG. */
export function heatPlot(maps: readonly Heat[]): string {
  const width = MARGIN.left + maps.length * (SIDE + GAP)
  const height = MARGIN.top + SIDE + MARGIN.bottom
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${maps.map(({ title }) => title).join(', ')}</title>`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    ...maps.map((map, index) => drawMap(map, MARGIN.left + index * (SIDE + GAP))),
    '</svg>',
    '',
  ].join('\n')
}

function drawMap({ title, xs, ys, values, marks, path }: Heat, left: number): string {
  const known = values.filter(value => value !== null)
  // A loss of 0 has no logarithm, and differences far below the highest value are not visible.
  const highest = Math.max(...known)
  const lowest = Math.max(Math.min(...known), highest / 1e4)
  const colour = (value: number) => colourAt(Math.log(value / lowest) / Math.log(highest / lowest))
  const [cellWidth, cellHeight] = [SIDE / xs.length, SIDE / ys.length]
  const at = (x: number, y: number) => [
    left + ((x - xs[0]!) / (xs.at(-1)! - xs[0]!)) * (SIDE - cellWidth) + cellWidth / 2,
    MARGIN.top + SIDE - ((y - ys[0]!) / (ys.at(-1)! - ys[0]!)) * (SIDE - cellHeight) - cellHeight / 2,
  ]
  const pair = (x: number, y: number) =>
    at(x, y)
      .map(value => value.toFixed(1))
      .join(',')
  const cells = values.flatMap((value, index) => {
    if (value === null) return []
    const [x, y] = at(xs[index % xs.length]!, ys[Math.floor(index / xs.length)]!) as [number, number]
    return `<rect x="${(x - cellWidth / 2).toFixed(1)}" y="${(y - cellHeight / 2).toFixed(1)}" width="${(cellWidth + 0.2).toFixed(1)}" height="${(cellHeight + 0.2).toFixed(1)}" fill="${colour(value)}"/>`
  })
  return [
    text(left, 16, title),
    drawKey(left, lowest, highest),
    ...cells,
    ...(path.length > 0
      ? [
          `<polyline fill="none" stroke="white" stroke-width="1.5" points="${path.map(([x, y]) => pair(x, y)).join(' ')}"/>`,
        ]
      : []),
    ...marks.map(({ x, y, name }) => drawMark(at(x, y) as [number, number], name)),
    ...[0, 0.5, 1].map(tick => text(at(tick, 0)[0]!, MARGIN.top + SIDE + 16, String(tick), 'middle')),
    ...[0, 0.5, 1].map(tick => text(left - 4, at(0, tick)[1]! + 4, String(tick), 'end')),
  ].join('\n')
}

/** White on a dark edge, so that it is visible on every colour. */
function drawMark([x, y]: readonly [number, number], name: string): string {
  return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="4" fill="white" stroke="black"/><text x="${(x + 7).toFixed(1)}" y="${(y - 5).toFixed(1)}" fill="white" stroke="black" stroke-width="2.5" paint-order="stroke">${name}</text>`
}

function drawKey(left: number, lowest: number, highest: number): string {
  const step = SIDE / KEY.steps
  const bars = Array.from(
    { length: KEY.steps },
    (_, index) =>
      `<rect x="${(left + index * step).toFixed(1)}" y="24" width="${(step + 0.2).toFixed(1)}" height="${KEY.height}" fill="${colourAt(index / (KEY.steps - 1))}"/>`,
  )
  return [
    ...bars,
    text(left, 48, lowest.toPrecision(3)),
    text(left + SIDE / 2, 48, Math.sqrt(lowest * highest).toPrecision(3), 'middle'),
    text(left + SIDE, 48, highest.toPrecision(3), 'end'),
  ].join('\n')
}

/** @param position 0 to 1; values outside take the colour of the nearer end */
function colourAt(position: number): string {
  const place = Math.min(Math.max(Number.isNaN(position) ? 0 : position, 0), 1) * (STOPS.length - 1)
  const index = Math.min(Math.floor(place), STOPS.length - 2)
  const mixed = STOPS[index]!.map((from, channel) =>
    Math.round(from + (place - index) * (STOPS[index + 1]![channel]! - from)),
  )
  return `rgb(${mixed.join(',')})`
}

function text(x: number, y: number, words: string, anchor = 'start'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="#333" text-anchor="${anchor}">${words}</text>`
}
