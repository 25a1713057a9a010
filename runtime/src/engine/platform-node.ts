import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import type { Platform } from './platform.ts'

export { openNativeHost } from './native-host.ts'

export const readWasm: Platform['readWasm'] = name => readFile(new URL(`../../wasm/${name}`, import.meta.url))

export const mayShareMemory: Platform['mayShareMemory'] = () => true

export const maySleep: Platform['maySleep'] = true

export const startWorker: Platform['startWorker'] = async workerData => {
  const worker = new Worker(new URL('./wasm-worker-node.js', import.meta.url), { workerData })
  await once(worker, 'message')
  // A model that is not disposed of does not keep the process alive.
  worker.unref()
  return worker
}
