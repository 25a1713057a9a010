/**
 * Parses a stored record of a list. A record that is not JSON becomes an object with only its id, so that it cannot fail the whole
 * list; `showable` leaves it out.
 */
export function storedRecord<Stored extends { id: string }>(id: string, text: string): Stored {
  try {
    return { ...JSON.parse(text), id }
  } catch {
    return { id } as Stored
  }
}
