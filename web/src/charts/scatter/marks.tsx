import type { PlacedPoint } from './use-chosen-point.ts'

interface MarksProps {
  placed: readonly PlacedPoint[]
  front: readonly PlacedPoint[]
  /** Whether the front goes sideways first from a point to the next. */
  stepsFirst: boolean
  selected: string | undefined
  active: string | undefined
  idOf(id: string): string
}

/** The lines of the curves, the front, and the points above both. */
export function Marks({ placed, front, stepsFirst, selected, active, idOf }: MarksProps) {
  return (
    <>
      {[...linesOf(placed)].map(([line, points]) => (
        <path key={line} class="curve" d={through(points)} stroke={points[0]!.colour} />
      ))}
      <path class="front" d={steps(front, stepsFirst)} />
      {placed.map(point => (
        <g
          key={point.id}
          id={idOf(point.id)}
          role="option"
          aria-selected={point.id === selected}
          aria-label={point.label}
          class={`mark ${point.id === active ? 'active' : ''} ${point.id === selected ? 'selected' : ''}`}
          transform={`translate(${point.px} ${point.py})`}
          data-point={point.id}
        >
          <Mark {...point} />
        </g>
      ))}
    </>
  )
}

function Mark({ mark, colour }: PlacedPoint) {
  if (mark === 'diamond') return <path d="M0-5.5 5.5 0 0 5.5-5.5 0z" fill={colour} />
  return <circle r={mark === 'disc' ? 6 : 3.5} fill={colour} />
}

function linesOf(placed: readonly PlacedPoint[]): Map<string, PlacedPoint[]> {
  const lines = new Map<string, PlacedPoint[]>()
  for (const point of placed)
    for (const line of point.lines ?? []) lines.set(line, [...(lines.get(line) ?? []), point])
  return lines
}

function through(points: readonly PlacedPoint[]): string {
  return points.map(({ px, py }, index) => `${index === 0 ? 'M' : 'L'}${px} ${py}`).join('')
}

/** Between two points of a front, the better one of those that satisfy the bound on x holds. */
function steps(front: readonly PlacedPoint[], sidewaysFirst: boolean): string {
  const step = ({ px, py }: PlacedPoint) => (sidewaysFirst ? `H${px}V${py}` : `V${py}H${px}`)
  return front.map((point, index) => (index === 0 ? `M${point.px} ${point.py}` : step(point))).join('')
}
