/**
 * Runs `work` on up to `width` items at once; yields results in input order. Pulling is the
 * back-pressure: no item is taken from `items` while `width` results wait.
 */
export async function* mapOrdered<In, Out>(
  items: AsyncIterable<In>,
  width: number,
  work: (item: In) => Promise<Out>,
): AsyncGenerator<Out> {
  const inFlight: Promise<Out>[] = [];
  try {
    for await (const item of items) {
      const result = work(item);
      result.catch(() => {}); // Thrown below, when its turn comes.
      inFlight.push(result);
      if (inFlight.length >= width) yield await inFlight.shift()!;
    }
    while (inFlight.length > 0) yield await inFlight.shift()!;
  } finally {
    await Promise.allSettled(inFlight); // Leave no work running after an error.
  }
}
