/** Runs for each, at most so many at once; the answers are in the order of the items. A run must not fail. */
export async function inTurn<Item, Answer>(items: readonly Item[], atOnce: number, run: (item: Item) => Promise<Answer>): Promise<Answer[]> {
    const answers: Answer[] = [];
    const waiting = [...items.entries()];
    const worker = async (): Promise<void> => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
            answers[next[0]] = await run(next[1]);
        }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
    return answers;
}
