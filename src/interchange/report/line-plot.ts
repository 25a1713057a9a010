export interface Series {
  name: string
  /** Pairs of x and y; x ascends. */
  points: readonly (readonly [number, number])[]
}

/** The colors of Okabe and Ito that contrast with white, which color-blind readers can distinguish; further lines are dashed. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000']
const DASHES = ['', ' stroke-dasharray="6 4"', ' stroke-dasharray="2 3"']
const WIDTH = 640
const HEIGHT = 280
const MARGIN = { left: 64, right: 16, top: 48, bottom: 40 }
const TICKS = 5

/**
 * Lines over a common x axis as a self-contained SVG.
 * @param yMin the start of the y axis: 0, or the smallest value if differences matter
 */
export function linePlot(
  title: string,
  xLabel: string,
  series: readonly Series[],
  yMin: 'zero' | 'least' = 'zero',
): string {
  const all = series.flatMap(({ points }) => points)
  const xs = niceTicks(Math.min(...all.map(([x]) => x)), Math.max(...all.map(([x]) => x)))
  const ys = niceTicks(
    yMin === 'zero' ? 0 : Math.min(...all.map(([, y]) => y)),
    Math.max(...all.map(([, y]) => y)),
  )
  const x = scale(xs, MARGIN.left, WIDTH - MARGIN.right)
  const y = scale(ys, HEIGHT - MARGIN.bottom, MARGIN.top)
  const lines = series.map(({ points }, index) => {
    const path = points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(' ')
    return `<polyline fill="none" stroke="${colourAt(index)}" stroke-width="2"${dashAt(index)} points="${path}"/>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    text(MARGIN.left, 18, title, '#111'),
    legend(series),
    ...ys.map(
      tick =>
        `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}" stroke="#ddd"/>${text(MARGIN.left - 8, y(tick) + 4, compact(tick), '#555', 'end')}`,
    ),
    ...xs.map(tick => text(x(tick), HEIGHT - MARGIN.bottom + 18, compact(tick), '#555', 'middle')),
    ...lines,
    text(WIDTH - MARGIN.right, HEIGHT - 6, xLabel, '#555', 'end'),
    '</svg>',
    '',
  ].join('\n')
}

/** Round, evenly spaced numbers that enclose the range. */
function niceTicks(from: number, to: number): number[] {
  const rough = (to - from || Math.abs(to) || 1) / TICKS
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * [1, 2, 5, 10].find(factor => factor * power >= rough * 0.999)!
  const first = Math.floor(from / step + 1e-9)
  const last = Math.ceil(to / step - 1e-9)
  return Array.from({ length: Math.max(1, last - first) + 1 }, (_, index) => (first + index) * step)
}

function scale(ticks: readonly number[], start: number, end: number): (value: number) => number {
  const [low, high] = [ticks[0]!, ticks.at(-1)!]
  return value => start + ((end - start) * (value - low)) / (high - low)
}

/** The names of the lines in their colors, under the title. */
function legend(series: readonly Series[]): string {
  const names = series.map(
    ({ name }, index) =>
      `<tspan dx="${index === 0 ? 0 : 12}" fill="${colourAt(index)}">${index < COLOURS.length ? '━' : '┅'} ${name}</tspan>`,
  )
  return `<text x="${MARGIN.left}" y="36">${names.join('')}</text>`
}

function colourAt(index: number): string {
  return COLOURS[index % COLOURS.length]!
}

function dashAt(index: number): string {
  return DASHES[Math.floor(index / COLOURS.length) % DASHES.length]!
}

function text(x: number, y: number, words: string, colour: string, anchor = 'start'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="${colour}" text-anchor="${anchor}">${words}</text>`
}

function compact(value: number): string {
  return value.toLocaleString('en', { notation: 'compact', maximumSignificantDigits: 3 })
}
