import { Exporter } from './exporter.ts'
import { Importer } from './importer.ts'
import { Ingester } from './ingester.ts'
import { type Folders, Measurer } from './measurer.ts'
import { Predictor } from './predictor.ts'

/** The api's child processes, by kind of task. A process is started for its first task. */
export interface Children {
  exporter: Exporter
  importer: Importer
  ingester: Ingester
  measurer: Measurer
  predictor: Predictor
  close(): Promise<void>
}

export function openChildren(folders: Folders): Children {
  const children = {
    exporter: new Exporter(),
    importer: new Importer(),
    ingester: new Ingester(),
    measurer: new Measurer(folders),
    predictor: new Predictor(),
  }
  return {
    ...children,
    async close() {
      await Promise.all(Object.values(children).map(child => child.close()))
    },
  }
}
