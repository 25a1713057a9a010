import { openNativeHost } from '#platform'
import type { Backend } from '../options.ts'
import type { Host } from './host.ts'
import { openWasmHost } from './wasm-host.ts'

/** Opens a host with its threads. `auto` tries native first. @throws RangeError for options that it cannot have */
export async function openHost(backend: Backend, threads: number, instructions?: string): Promise<Host> {
  if (!Number.isInteger(threads) || threads < 1 || threads > 64)
    throw new RangeError(`threads is ${threads}; it must be a whole number from 1 to 64.`)
  if (backend === 'wasm') return await openWasmHost(threads, instructions)
  if (backend === 'native') return await openNativeHost(threads, instructions)
  if (instructions !== undefined)
    throw new RangeError('instructions needs the backend to which they belong: "native" or "wasm".')
  return await openNativeHost(threads).catch(() => openWasmHost(threads))
}
