import type { Contract, JobRequest, Thresher } from '@thresher/client'
import { ConnectionError, InvalidRequestError, PermissionError } from '@thresher/client'

/** What the server must know about the service, asked once. A service that does not answer is asked again. */
export class ServiceFacts {
  readonly #thresher: Thresher
  #contract: Contract | undefined
  #maySubmit: boolean | undefined

  constructor(thresher: Thresher) {
    this.#thresher = thresher
  }

  /** Undefined while the service does not answer. */
  async contract(): Promise<Contract | undefined> {
    this.#contract ??= await this.#thresher.contract().catch(ignoreOutage)
    return this.#contract
  }

  /**
   * Whether the key has the scope `submit`: without it, the service refuses even an empty dry run, before it reads the request. Dry runs
   * have no audit record and store nothing. True while it is not known: then the service refuses the calls themselves.
   */
  async maySubmit(): Promise<boolean> {
    this.#maySubmit ??= await this.#thresher.jobs.plan({} as JobRequest).then(
      () => true,
      error => (error instanceof PermissionError ? false : error instanceof InvalidRequestError || undefined),
    )
    return this.#maySubmit ?? true
  }
}

function ignoreOutage(error: unknown): undefined {
  if (!(error instanceof ConnectionError)) throw error
}
