import type { Platform } from './platform.ts'

export const readWasm: Platform['readWasm'] = async name => {
  const response = await fetch(new URL(`../../wasm/${name}`, import.meta.url))
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${response.statusText}`)
  return await response.arrayBuffer()
}

/** Only pages with the headers of cross-origin isolation share memory (docs/runtime.md). */
export const mayShareMemory: Platform['mayShareMemory'] = () => globalThis.crossOriginIsolated === true

/** The main thread of a page must not. */
export const maySleep: Platform['maySleep'] = !('document' in globalThis)

export const startWorker: Platform['startWorker'] = start =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./wasm-worker.js', import.meta.url), { type: 'module' })
    worker.onmessage = () => resolve(worker)
    worker.onerror = event => reject(new Error(event.message))
    worker.postMessage(start)
  })

export const openNativeHost: Platform['openNativeHost'] = async () => {
  throw new Error('The native module is for Node only.')
}
