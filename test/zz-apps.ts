import { readdirSync, readFileSync } from 'node:fs'
import { resolveSpec } from '#domain/resolve-spec.ts'

for (const dir of ['/tmp/f/apps', '/tmp/f/tfapps']) {
  let names: string[] = []
  try {
    names = readdirSync(dir)
  } catch {}
  for (const name of names) {
    const topology = JSON.parse(readFileSync(`${dir}/${name}`, 'utf8'))
    try {
      const { warnings } = resolveSpec({
        model: { topology },
        dataset: { id: 'synthetic-cifar10' },
        optimizer: { name: 'sgd', learningRate: 0.01 } as never,
        epochs: 1,
        batchSize: 8,
      } as never)
      console.log(name, 'ok', JSON.stringify(warnings))
    } catch (error) {
      const e = error as { mistakes?: unknown; message: string; stack?: string }
      console.log(name, e.mistakes ? JSON.stringify(e.mistakes).slice(0, 400) : e.stack)
    }
  }
}
