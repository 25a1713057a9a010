import type { backend_util } from '@tensorflow/tfjs-core'

/** Visits the windows in the order of the outputs, clipped to the image. `start` is the offset of the first pixel in x. */
export function forEachWindow(
  info: backend_util.Conv2DInfo,
  visit: (start: number, rows: number, columns: number) => void,
): void {
  const { inHeight, inWidth, inChannels, padInfo } = info
  for (let image = 0; image < info.batchSize; image++) {
    for (let outRow = 0; outRow < info.outHeight; outRow++) {
      const top = outRow * info.strideHeight - padInfo.top
      const firstRow = Math.max(0, top)
      const rows = Math.min(inHeight, top + info.filterHeight) - firstRow
      for (let outColumn = 0; outColumn < info.outWidth; outColumn++) {
        const left = outColumn * info.strideWidth - padInfo.left
        const firstColumn = Math.max(0, left)
        const columns = Math.min(inWidth, left + info.filterWidth) - firstColumn
        visit(((image * inHeight + firstRow) * inWidth + firstColumn) * inChannels, rows, columns)
      }
    }
  }
}
