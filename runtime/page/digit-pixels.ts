/** The share of the image that the longer side of a digit takes in MNIST: 20 of 28 pixels. */
const SHARE = 20 / 28

/**
 * A drawing as MNIST prepares its digits: scaled so that its longer side has 20 of 28 pixels, with its center of mass in the center of the
 * image (LeCun, Cortes, Burges: The MNIST database, "Data").
 * @param drawing white on black
 * @param size [height, width] of the image. @returns the values of its pixels, 0 to 255, row by row; undefined if nothing is drawn
 */
export function digitPixels(
  drawing: HTMLCanvasElement,
  [height, width]: readonly [number, number],
): Uint8ClampedArray | undefined {
  const box = boundsOf(drawing)
  if (!box) return undefined
  const scale = (SHARE * Math.min(height, width)) / Math.max(box.width, box.height)
  const drawAt = (x: number, y: number) => {
    const context = blackCanvas(width, height)
    context.imageSmoothingQuality = 'high'
    const [wide, high] = [scale * box.width, scale * box.height]
    const [left, top] = [x - wide / 2, y - high / 2]
    context.drawImage(drawing, box.x, box.y, box.width, box.height, left, top, wide, high)
    return reds(context)
  }
  const center = centerOfMass(drawAt(width / 2, height / 2), width)
  return drawAt(width - center.x, height - center.y)
}

export function blackCanvas(width: number, height: number): CanvasRenderingContext2D {
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const context = canvas.getContext('2d', { willReadFrequently: true })!
  context.fillRect(0, 0, width, height)
  return context
}

/** The rectangle of the pixels that are not black. */
function boundsOf(drawing: HTMLCanvasElement): DOMRectReadOnly | undefined {
  const values = reds(drawing.getContext('2d')!)
  let [left, right, top, bottom] = [drawing.width, -1, drawing.height, -1]
  for (const [index, value] of values.entries()) {
    if (value === 0) continue
    const [x, y] = [index % drawing.width, Math.floor(index / drawing.width)]
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  return right < 0 ? undefined : new DOMRectReadOnly(left, top, right - left + 1, bottom - top + 1)
}

function centerOfMass(values: Uint8ClampedArray, width: number): { x: number; y: number } {
  let [mass, x, y] = [0, 0, 0]
  for (const [index, value] of values.entries()) {
    mass += value
    x += value * ((index % width) + 0.5)
    y += value * (Math.floor(index / width) + 0.5)
  }
  return { x: x / mass, y: y / mass }
}

function reds(context: CanvasRenderingContext2D): Uint8ClampedArray {
  const { width, height } = context.canvas
  const { data } = context.getImageData(0, 0, width, height)
  return Uint8ClampedArray.from({ length: width * height }, (_, pixel) => data[4 * pixel]!)
}
