// A thread of a WebAssembly host in Node.
import { parentPort, workerData } from 'node:worker_threads'
import { serveThread } from './wasm-thread.js'

await serveThread(workerData, () => parentPort.postMessage('ready'))
