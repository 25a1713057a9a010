import { AppError } from '#domain/error.ts'

export function wrongInput(path: string, message: string): AppError {
  return new AppError('invalid_request', `${path}: ${message}`, { mistakes: [{ path, message }] })
}
