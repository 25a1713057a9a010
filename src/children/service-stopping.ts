import { AppError } from '#domain/error.ts'

/** A task was abandoned because the service stops; nothing is wrong with the task. */
export class ServiceStopping extends AppError {
  constructor() {
    super('unavailable', 'The service is stopping; try again.', { headers: { 'retry-after': '5' } })
  }
}
