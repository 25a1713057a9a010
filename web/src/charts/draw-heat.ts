import { type HeatScale, heatColour, heatPosition } from './heat-colours.ts'
import { type HeatRow, nearest, sparsityAt } from './heat-rows.ts'
import type { Range } from './ranges.ts'

export interface HeatPicture {
  rows: readonly HeatRow[]
  /** The x of each epoch, ascending. */
  xs: Float64Array
  range: Range
  scale: HeatScale
}

/**
 * Draws one band for each row over the whole canvas. A pixel column shows the epoch that is nearest to it.
 *
 * @returns how many epochs are visible
 */
export function drawHeat(
  canvas: HTMLCanvasElement,
  width: number,
  rowHeight: number,
  picture: HeatPicture,
): number {
  const { rows, scale } = picture
  const ratio = devicePixelRatio
  const columns = Math.max(1, Math.round(width * ratio))
  const band = Math.max(1, Math.round(rowHeight * ratio))
  canvas.width = columns
  canvas.height = Math.max(1, rows.length * band)
  const context = canvas.getContext('2d')!
  const epochs = epochByColumn(picture, columns)
  const pixels = context.createImageData(columns, 1)
  for (const [index, row] of rows.entries()) {
    paint(pixels, row, epochs, scale)
    // The last pixel of a band stays empty and separates it from the next.
    const lines = band > 4 ? band - Math.round(ratio) : band
    for (let line = 0; line < lines; line++) context.putImageData(pixels, 0, index * band + line)
  }
  return new Set(epochs).size
}

function epochByColumn({ xs, range: [from, to] }: HeatPicture, columns: number): Int32Array {
  const epochs = new Int32Array(columns)
  let epoch = 0
  for (let column = 0; column < columns; column++) {
    epoch = nearest(xs, from + ((column + 0.5) / columns) * (to - from), epoch)
    epochs[column] = epoch
  }
  return epochs
}

function paint(pixels: ImageData, row: HeatRow, epochs: Int32Array, scale: HeatScale): void {
  let [epoch, red, green, blue, alpha] = [-1, 0, 0, 0, 0]
  for (const [column, next] of epochs.entries()) {
    if (next !== epoch) {
      epoch = next
      const sparsity = sparsityAt(row, epoch)
      alpha = Number.isFinite(sparsity) ? 255 : 0
      ;[red, green, blue] = heatColour(heatPosition(sparsity, scale))
    }
    pixels.data.set([red, green, blue, alpha], 4 * column)
  }
}
