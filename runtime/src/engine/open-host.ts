import { openNativeHost } from '#platform'
import type { Backend } from '../options.ts'
import type { Host } from './host.ts'
import { openWasmHost } from './wasm-host.ts'

/** Opens a host with its threads. `auto` tries native first. */
export async function openHost(backend: Backend, threads: number): Promise<Host> {
  if (!Number.isInteger(threads) || threads < 1 || threads > 64)
    throw new RangeError(`threads is ${threads}; it must be a whole number from 1 to 64.`)
  if (backend === 'wasm') return await openWasmHost(threads)
  if (backend === 'native') return await openNativeHost(threads)
  return await openNativeHost(threads).catch(() => openWasmHost(threads))
}
