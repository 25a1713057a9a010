import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { planSearch, standing } from '#sweeps/first-failure.ts'

/** Searches with one test at a time. @returns the answer, -1 for none, and the number of tests */
function search(points: number, passes: (index: number) => boolean): { answer: number; tests: number } {
  const plan = planSearch(points)
  const tests = new Map<number, boolean>()
  for (;;) {
    const { isOver, want, answer = -1 } = standing(plan, tests)
    if (isOver) return { answer, tests: tests.size }
    tests.set(want!, passes(want!))
  }
}

describe('The search for the first failure', () => {
  for (const points of [2, 3, 8, 20, 25, 49, 170])
    it(`finds each of the ${points} places where failures can begin`, () => {
      for (let first = 0; first <= points; first++)
        assert.equal(search(points, index => index < first).answer, first - 1)
    })

  for (const points of [36, 49, 96])
    it(`gives no larger answer for one lucky point among ${points}, and in 99 of 100 places the same`, () => {
      let [places, same] = [0, 0]
      for (let first = 0; first < points; first++)
        for (let lucky = first + 1; lucky < points; lucky++) {
          const { answer, tests } = search(points, index => index < first || index === lucky)
          assert.ok(answer <= first - 1)
          assert.ok(tests <= points / 3)
          places++
          if (answer === first - 1) same++
        }
      assert.ok(same >= 0.99 * places, `${same} of ${places}`)
    })

  it('gives nearly the same answer for one unlucky point where there is room to look at its neighbours', () => {
    for (let first = 2; first < 96; first++)
      for (let unlucky = 0; unlucky < first - 1; unlucky++) {
        const { answer } = search(96, index => index < first && index !== unlucky)
        assert.ok(
          answer === first - 1 || answer === first - 3,
          `${answer} before ${first}, unlucky ${unlucky}`,
        )
      }
  })

  it('finds failures that end again, if they are as many as the stride', () => {
    const { stride } = planSearch(49)
    for (let first = 0; first + stride <= 49; first++)
      assert.equal(search(49, index => index < first || index >= first + stride).answer, first - 1)
  })

  it('takes at most a third of the tests wherever there are 21 points or more', () => {
    for (let points = 21; points < 300; points++) assert.ok(planSearch(points).budget <= points / 3)
  })
})
