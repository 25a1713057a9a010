import { AppError } from '#domain/error.ts'

/** A task was given up because the service stops, not for anything that is wrong with it. */
export class ServiceStopping extends AppError {
  constructor() {
    super('unavailable', 'The service is stopping; try again.', { headers: { 'retry-after': '5' } })
  }
}
