import * as tf from '@tensorflow/tfjs-core'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { inScope } from '#workers/engine/in-scope.ts'
import { openProgram } from '#workers/engine/open-program.ts'
import type { Call, Program } from '#workers/engine/program.ts'
import type { InputPipeline } from './input-pipeline.ts'
import type { ModelVariables } from './model-evaluator.ts'
import { curvatureRoutine, type StepFunctions } from './step.ts'
import type { SizedBatch } from './train-state.ts'
import { toTensors, toWeight } from './weights.ts'

/**
 * The Hessian H of the mean loss over the validation split of a run at one model, in evaluation mode: dropouts are off, and statistics of batch normalizations are
 * constants. It is known by its products with directions only.
 */
export class Curvature<Batch extends SizedBatch = SizedBatch> {
  readonly #pipeline: InputPipeline<Batch>
  readonly #run: { validationBatches(): AsyncIterable<Batch> }
  readonly #program: Program
  readonly #zeros: readonly FloatTensor[]

  constructor(
    functions: StepFunctions,
    pipeline: InputPipeline<Batch>,
    run: { validationBatches(): AsyncIterable<Batch> },
    { weights, statistics }: ModelVariables,
  ) {
    this.#pipeline = pipeline
    this.#run = run
    this.#zeros = weights.map(weight => toWeight(weight, new Float32Array(weight.data.length)))
    this.#program = inScope(() =>
      openProgram(
        {
          params: toTensors(weights),
          ...(statistics.length > 0 && { statistics: toTensors(statistics) }),
          direction: toTensors(this.#zeros),
          product: toTensors(this.#zeros),
          ...pipeline.hold(['validation']),
        },
        { differentiate: curvatureRoutine(functions) },
        pipeline.shapes.validation.map(batch => this.#call(batch, 1)),
      ),
    )
  }

  /**
   * H d, up to eps^2 / 6 times the fourth derivative of the loss along d and the rounding of gradients divided by eps.
   * @param eps the distance of the two gradients from the model is eps ||d||
   */
  async multiply(direction: readonly FloatTensor[], eps: number): Promise<FloatTensor[]> {
    this.#program.write('direction', toTensors(direction))
    this.#program.write('product', toTensors(this.#zeros))
    let examples = 0
    for await (const batch of this.#run.validationBatches()) {
      inScope(() => this.#program.run(this.#call(batch, eps)))
      examples += batch.size
    }
    const sums = this.#program.read('product')
    return direction.map(tensor =>
      toWeight(
        tensor,
        sums.get(tensor.name)!.map(sum => sum / examples),
      ),
    )
  }

  end(): void {
    this.#program.dispose()
  }

  #call(batch: Batch, eps: number): Call {
    const factor = batch.size / (2 * eps)
    const inputs = { ...this.#pipeline.examples(batch), shift: tf.scalar(eps), factor: tf.scalar(factor) }
    return { routine: 'differentiate', inputs }
  }
}
