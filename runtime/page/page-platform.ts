import type { Platform } from '../src/engine/platform.ts'
import relaxed from '../wasm/relaxed.wasm'
import simd from '../wasm/simd.wasm'

// The platform of a page that contains its modules: a file of a folder may fetch nothing, and has no workers.

const MODULES: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  'relaxed.wasm': relaxed,
  'simd.wasm': simd,
}

export const readWasm: Platform['readWasm'] = async name => MODULES[name]!

export const mayShareMemory: Platform['mayShareMemory'] = () => false

export const maySleep: Platform['maySleep'] = false

export const startWorker: Platform['startWorker'] = () =>
  Promise.reject(new Error('This page has one thread.'))

export const openNativeHost: Platform['openNativeHost'] = () =>
  Promise.reject(new Error('The native module is for Node only.'))
