import { defineConfig } from 'vite'
import { compressFiles } from './compress-files.ts'
import { limitJavaScript } from './limit-javascript.ts'

/** Where `npm run dev` finds a service. */
const service = process.env.THRESHER_URL ?? 'http://127.0.0.1:3000'
const proxy = { '/v1': { target: service, ws: true }, '/openapi.json': service }

/** A few files for what several pages share: many small ones compress worse and take more requests. Each page has its own file. */
const GROUPS = [
  { name: 'libraries', test: /preact|client[\\/]src/, priority: 2 },
  { name: 'charts', test: /uplot|src[\\/]charts[\\/](?!scatter|parallel)/ },
  {
    name: 'shared',
    test: /web[\\/]src[\\/](components|format|state|shell)[\\/]|charts[\\/](palette|legend)/,
    priority: 1,
  },
  { name: 'forms', test: /src[\\/](form|job-form)[\\/]/ },
]

export default defineConfig({
  base: '/ui/',
  plugins: [limitJavaScript(70_000), compressFiles()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    // The Content-Security-Policy allows neither inline scripts nor data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups: GROUPS } } },
  },
  server: { proxy },
  preview: { proxy },
})
