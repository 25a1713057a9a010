import { blackCanvas, digitPixels } from './digit-pixels.ts'
import { element } from './element.ts'
import { pixelPreview } from './pixel-preview.ts'

/** Of the drawing, in its own pixels. */
const SIDE = 280
const LINE = 20
/** A step of the pen by an arrow key. */
const STEP = 10

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
}

const HELP =
  'Draw with a mouse, a finger or a pen. On a keyboard, the arrow keys move the pen, Space lowers and lifts it, and Delete clears the drawing.'

/**
 * A pad on which one draws a digit.
 * @param size [height, width] of the model's image
 * @param onExample called with the pixels after every stroke, and with undefined when the pad is cleared
 */
export function drawPad(
  size: readonly [number, number],
  onExample: (example: Float32Array | undefined) => void,
): HTMLElement {
  const context = blackCanvas(SIDE, SIDE)
  const preview = pixelPreview(size, 1)
  const { canvas } = context
  Object.assign(canvas, { tabIndex: 0, id: 'pad' })
  canvas.setAttribute('role', 'application')
  canvas.setAttribute('aria-label', 'Draw a digit')
  canvas.setAttribute('aria-describedby', 'pad-help')
  const changed = () => {
    const pixels = digitPixels(canvas, size)
    preview.show(pixels)
    onExample(pixels && Float32Array.from(pixels))
  }
  const clear = () => {
    context.fillRect(0, 0, SIDE, SIDE)
    changed()
  }
  const pen = element('div', { className: 'pen', hidden: true })
  drawByPointer(context, changed)
  drawByKeys(context, pen, { changed, clear })
  return element(
    'div',
    { className: 'stack' },
    element('div', { className: 'pad' }, canvas, pen),
    element(
      'div',
      { className: 'row' },
      element('button', { type: 'button', onclick: clear }, 'Clear'),
      element(
        'figure',
        null,
        preview.canvas,
        element('figcaption', { className: 'quiet' }, 'What the model sees'),
      ),
    ),
    element('p', { id: 'pad-help', className: 'quiet' }, HELP),
  )
}

function drawByPointer(context: CanvasRenderingContext2D, changed: () => void): void {
  const { canvas } = context
  let last: readonly [number, number] | undefined
  const placeOf = ({ offsetX, offsetY }: PointerEvent): [number, number] => [
    (offsetX * SIDE) / canvas.clientWidth,
    (offsetY * SIDE) / canvas.clientHeight,
  ]
  canvas.addEventListener('pointerdown', event => {
    canvas.setPointerCapture(event.pointerId)
    last = placeOf(event)
    line(context, last, last)
  })
  canvas.addEventListener('pointermove', event => {
    if (!last) return
    const next = placeOf(event)
    line(context, last, next)
    last = next
  })
  const lift = () => {
    if (!last) return
    last = undefined
    changed()
  }
  canvas.addEventListener('pointerup', lift)
  canvas.addEventListener('pointercancel', lift)
}

function drawByKeys(
  context: CanvasRenderingContext2D,
  pen: HTMLElement,
  { changed, clear }: { changed: () => void; clear: () => void },
): void {
  let place: readonly [number, number] = [SIDE / 2, SIDE / 4]
  let isDown = false
  const show = () => {
    pen.style.left = `${(100 * place[0]) / SIDE}%`
    pen.style.top = `${(100 * place[1]) / SIDE}%`
    pen.classList.toggle('down', isDown)
  }
  context.canvas.addEventListener('keydown', event => {
    const arrow = ARROWS[event.key]
    const isPen = event.key === ' '
    const isClear = event.key === 'Delete' || event.key === 'Backspace'
    if (!arrow && !isPen && !isClear) return
    event.preventDefault()
    pen.hidden = false
    const before = place
    if (arrow) place = [within(place[0] + arrow[0]), within(place[1] + arrow[1])]
    if (isPen) isDown = !isDown
    if (isClear) isDown = false
    show()
    if (isClear) return clear()
    if (!isDown) return
    line(context, before, place)
    changed()
  })
  context.canvas.addEventListener('blur', () => {
    pen.hidden = true
  })
}

function within(value: number): number {
  return Math.min(Math.max(value, 0), SIDE)
}

function line(
  context: CanvasRenderingContext2D,
  from: readonly [number, number],
  to: readonly [number, number],
): void {
  Object.assign(context, { strokeStyle: '#fff', lineWidth: LINE, lineCap: 'round', lineJoin: 'round' })
  context.beginPath()
  context.moveTo(...from)
  context.lineTo(...to)
  context.stroke()
}
