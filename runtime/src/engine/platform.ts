import type { Host } from './host.ts'

/** What a thread of a WebAssembly host needs. */
export interface ThreadStart {
  module: WebAssembly.Module
  memory: WebAssembly.Memory
  thread: number
  /** The address of the end of its stack. */
  stack: number
}

/** What differs between Node and browsers: `#platform` is one of `platform-node.ts` and `platform-browser.ts`. */
export interface Platform {
  /** The bytes of a WebAssembly module of this package. */
  readWasm(name: string): Promise<ArrayBuffer | Uint8Array<ArrayBuffer>>
  /** Whether workers may share memory with this thread. */
  mayShareMemory(): boolean
  /** Whether this thread may wait for others without computing. */
  maySleep: boolean
  /** Resolves when the thread is ready. */
  startWorker(start: ThreadStart): Promise<{ terminate(): unknown }>
  /** @throws if there is no native module for this machine */
  openNativeHost(threads: number, instructions?: string): Promise<Host>
}
