import type { Page } from 'playwright-core'

export interface Frames {
  /** Frames a second that the browser drew. */
  rate: number
  /** Milliseconds from a frame to the next: the median and the 95th percentile. */
  median: number
  p95: number
  count: number
}

/** Moves and scales the interval of the first chart of a page in every frame, as a trackpad does. */
export async function panAndZoom(page: Page, count = 240): Promise<Frames> {
  const gaps = await page.evaluate(async frames => {
    const plot = document.querySelector('.chart-plot')!
    const box = plot.getBoundingClientRect()
    const place = {
      clientX: box.left + box.width / 2,
      clientY: box.top + 50,
      bubbles: true,
      cancelable: true,
    }
    const wheel = (change: WheelEventInit) =>
      plot.dispatchEvent(new WheelEvent('wheel', { ...place, ...change }))
    const frame = () => new Promise<number>(resolve => requestAnimationFrame(resolve))
    for (let closer = 0; closer < 10; closer++) {
      wheel({ ctrlKey: true, deltaY: -20 })
      await frame()
    }
    const gaps: number[] = []
    let last = await frame()
    for (let index = 0; index < frames; index++) {
      if (index % 2 === 0) wheel({ ctrlKey: true, deltaY: index % 40 < 20 ? -8 : 8 })
      else wheel({ deltaX: index % 120 < 60 ? 12 : -12 })
      const now = await frame()
      gaps.push(now - last)
      last = now
    }
    return gaps
  }, count)
  const sorted = gaps.toSorted((first, second) => first - second)
  const quantile = (share: number) => sorted[Math.floor(share * (count - 1))]!
  const sum = gaps.reduce((total, gap) => total + gap, 0)
  return { rate: (1000 * count) / sum, median: quantile(0.5), p95: quantile(0.95), count }
}
