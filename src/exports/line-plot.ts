export interface Series {
  name: string
  /** x and y; x ascending. */
  points: readonly (readonly [number, number])[]
}

/** Those of Okabe and Ito that stand out on white, which the colour-blind can tell apart; from the top of the legend. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000']
const WIDTH = 640
const HEIGHT = 260
const MARGIN = { left: 64, right: 16, top: 32, bottom: 36 }

/** Lines over a common x, y from 0, as an SVG that needs nothing else. */
export function linePlot(title: string, xLabel: string, series: readonly Series[]): string {
  const all = series.flatMap(({ points }) => points)
  const xMax = Math.max(...all.map(([x]) => x))
  const yMax = 1.1 * Math.max(...all.map(([, y]) => y))
  const x = (value: number) => MARGIN.left + ((WIDTH - MARGIN.left - MARGIN.right) * value) / xMax
  const y = (value: number) => HEIGHT - MARGIN.bottom - ((HEIGHT - MARGIN.top - MARGIN.bottom) * value) / yMax
  const lines = series.map(
    ({ points }, index) =>
      `<polyline fill="none" stroke="${colourAt(index)}" stroke-width="2" points="${points
        .map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`)
        .join(' ')}"/>`,
  )
  const legend = series.map(({ name }, index) =>
    text(MARGIN.left + 8, MARGIN.top + 16 * index + 8, name, colourAt(index)),
  )
  const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap(share => [
    text(x(share * xMax), HEIGHT - MARGIN.bottom + 18, compact(share * xMax), '#555', 'middle'),
    text(MARGIN.left - 8, y(share * yMax) + 4, compact(share * yMax), '#555', 'end'),
    `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(share * yMax)}" y2="${y(share * yMax)}" stroke="#ddd"/>`,
  ])
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    text(MARGIN.left, 18, title, '#111'),
    ...ticks,
    ...lines,
    ...legend,
    text(WIDTH - MARGIN.right, HEIGHT - 4, xLabel, '#555', 'end'),
    '</svg>',
    '',
  ].join('\n')
}

function colourAt(index: number): string {
  return COLOURS[index % COLOURS.length]!
}

function text(x: number, y: number, words: string, colour: string, anchor = 'start'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="${colour}" text-anchor="${anchor}">${words}</text>`
}

function compact(value: number): string {
  return value.toLocaleString('en', { notation: 'compact', maximumSignificantDigits: 3 })
}
