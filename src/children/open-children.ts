import { Exporter } from './exporter.ts'
import { Importer } from './importer.ts'
import { Ingester } from './ingester.ts'
import { Measurer } from './measurer.ts'
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

/** @param datasetsDir the folder of the operator's datasets */
export function openChildren(datasetsDir: string): Children {
  const children = {
    exporter: new Exporter(),
    importer: new Importer(),
    ingester: new Ingester(),
    measurer: new Measurer(datasetsDir),
    predictor: new Predictor(),
  }
  return {
    ...children,
    async close() {
      await Promise.all(Object.values(children).map(child => child.close()))
    },
  }
}
