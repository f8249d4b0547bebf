/// <reference lib="dom" />
// Runs in the browser.
import { useEffect, useRef, useState } from 'htm/preact';

/** Pixels above and below the window within which a row counts as near. */
const nearPixels = 1000;

const waiting = new WeakMap<Element, () => void>();
let observer: IntersectionObserver | undefined;

function seen(entries: readonly IntersectionObserverEntry[]): void {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    observer?.unobserve(target);
    waiting.get(target)?.();
  }
}

/**
 * Whether an element has come near the window, so that its content has to be drawn, and the `ref`
 * to give to that element. Once true it stays true, so that nothing that is open or has the focus
 * disappears.
 */
export function useNear(): readonly [boolean, { current: Element | null }] {
  const [isNear, setNear] = useState(false);
  const place = useRef<Element | null>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    observer ??= new IntersectionObserver(seen, { rootMargin: `${nearPixels}px 0px` });
    waiting.set(element, () => setNear(true));
    observer.observe(element);
    return () => observer?.unobserve(element);
  }, []);
  return [isNear, place];
}
