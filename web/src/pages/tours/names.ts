export const DICE = "Beat the dice"
export const GUESS = "Can it guess your choice?"

/** What the sessions of tours are called; they are no work to go on with. */
export const TOURS: readonly string[] = [DICE, GUESS]
