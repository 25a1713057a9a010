/** A task was given up because the service stops, not for anything that is wrong with it. */
export class ServiceStopping extends Error {
  override readonly name = 'ServiceStopping'

  constructor() {
    super('The service is stopping.')
  }
}
