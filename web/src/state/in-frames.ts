/** Collects items and passes all of them on with the next frame of the screen, or soon in a hidden tab. */
export function inFrames<T>(act: (items: T[]) => void): { add: (item: T) => void; stop: () => void } {
  let items: T[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let frame = 0
  const flush = () => {
    clearTimeout(timer)
    cancelAnimationFrame(frame)
    timer = undefined
    const collected = items
    items = []
    act(collected)
  }
  return {
    add(item) {
      items.push(item)
      if (timer !== undefined) return
      frame = requestAnimationFrame(flush)
      timer = setTimeout(flush, 250)
    },
    stop() {
      clearTimeout(timer)
      cancelAnimationFrame(frame)
      timer = undefined
    },
  }
}
