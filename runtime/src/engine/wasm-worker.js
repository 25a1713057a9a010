// A thread of a WebAssembly host in a browser.
import { serveThread } from './wasm-thread.js'

globalThis.onmessage = ({ data }) => serveThread(data, () => postMessage('ready'))
