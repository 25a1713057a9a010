import { ConflictError } from '@thresher/client'
import { Failure } from '../failure.ts'

const CODE = 'tradeoff_not_ready'

/** Handles a refusal because of a trade-off that is not measured: the service names a request in place of a command. @param job undefined for a registered model */
export function orMeasure(job: string | undefined): (error: unknown) => never {
  return error => {
    if (!(error instanceof ConflictError) || error.code !== CODE) throw error
    throw new Failure('The trade-off has not been measured, so there are no cuts of this model.', {
      code: CODE,
      hints: [
        `\`thresher tradeoff ${job ?? 'JOB'} --measure\` measures it${job ? '' : ' for the job of the model'}.`,
      ],
    })
  }
}
