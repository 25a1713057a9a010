/**
 * A record as it is stored under an id. Of what cannot be read the id alone is left: whoever shows records finds that one wanting,
 * and it hides no other.
 */
export function storedRecord<Stored extends { id: string }>(id: string, text: string): Stored {
  try {
    return { ...JSON.parse(text), id }
  } catch {
    return { id } as Stored
  }
}
